"""From a template's name and a context to the words a person reads."""

import re
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.template import Context, Engine, TemplateDoesNotExist, TemplateSyntaxError
from django.template.base import VariableDoesNotExist

from tongban.notices.models import Notice

# What a template over plain JSON values can raise: it isn't there, doesn't parse, or a filter
# meets a value of another kind than it expects.
TEMPLATE_ERRORS = (
    TemplateDoesNotExist,
    TemplateSyntaxError,
    VariableDoesNotExist,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


class CannotRender(Exception):
    """This one notice can't be put into words; the text says why."""


@dataclass(frozen=True)
class Rendered:
    subject: str
    body: str


def render(notice: Notice) -> Rendered:
    """Subject (the template's first line) and body, as plain text; raises CannotRender."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", notice.template):
        raise CannotRender(f"no such template: {notice.template!r}")
    context = {**notice.context, "link": link_of(notice), "site_url": settings.SITE_URL}
    try:
        template = engine().get_template(f"notices/{notice.template}.txt")
        # Plain text: escaping is the job of whoever puts it into a page.
        text = template.render(Context(context, autoescape=False))
    except TEMPLATE_ERRORS as error:
        raise CannotRender(f"{type(error).__name__}: {error}") from error
    subject, _, body = text.strip().partition("\n")
    if not subject:
        raise CannotRender("the template gives no subject")
    return Rendered(" ".join(subject.split()), tidied(body))


def link_of(notice: Notice) -> str:
    """The absolute address of what the notice is about, "" without one."""
    path = path_of(notice)
    return f"{settings.SITE_URL}{path}" if path else ""


def path_of(notice: Notice) -> str:
    """The page of this site that the notice is about, "" without one: never another site's."""
    url = str(notice.context.get("url") or "")
    return url if re.match(r"/(?![/\\])", url) else ""


def tidied(body: str) -> str:
    """Without the empty lines that untaken branches of a template leave behind."""
    lines = [line.rstrip() for line in body.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


@cache
def engine() -> Engine:
    return Engine(dirs=[str(settings.BASE_DIR / "templates")])
