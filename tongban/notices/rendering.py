"""From a template's name and a context to the words a person reads."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

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
    # A name that begins with an underscore is a part of others, and no name leads elsewhere.
    if not re.fullmatch(r"[a-z][a-z0-9_]*", notice.template):
        raise CannotRender(f"no such template: {notice.template!r}")
    text = text_from(f"{notice.template}.txt", notice.context)
    subject, _, body = text.strip().partition("\n")
    if not subject:
        raise CannotRender("the template gives no subject")
    return Rendered(" ".join(subject.split()), tidied(body))


def render_email(notice: Notice) -> Rendered:
    """The same with the link and the words that end an e-mail; raises CannotRender."""
    rendered = render(notice)
    context = {"body": rendered.body, "link": link_of(notice), "site_url": settings.SITE_URL}
    return Rendered(rendered.subject, tidied(text_from("_email.txt", context)) + "\n")


def text_from(template: str, context: dict[str, Any]) -> str:
    try:
        # Plain text: escaping is the job of whoever puts it into a page.
        text = engine().get_template(f"notices/{template}").render(Context(context, False))
    except TEMPLATE_ERRORS as error:
        raise CannotRender(f"{type(error).__name__}: {error}") from error
    return str(text)


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
