"""From a template's name and a context to the words a person reads."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.template import Context, Engine, TemplateDoesNotExist, TemplateSyntaxError
from django.template.base import VariableDoesNotExist
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from tongban.notices.models import Notice
from tongban.templatetags.formats import zh_date, zh_datetime

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
    text = text_from(f"{notice.template}.txt", readable(notice.context))
    subject, _, body = text.strip().partition("\n")
    if not subject:
        raise CannotRender("the template gives no subject")
    return Rendered(" ".join(subject.split()), tidied(body))


def readable(context: Mapping[str, Any]) -> dict[str, Any]:
    """The context with its instants in words: ``at`` becomes ``at_text``, and ``due``,
    ``promise`` (the first moment that is too late) likewise. Words already given stay.
    """
    words = {
        "at_text": zh_datetime(instant(context.get("at"))),
        "due_text": last_moment(instant(context.get("due"))),
        "promise_text": last_moment(instant(context.get("promise"))),
    }
    return {**{name: text for name, text in words.items() if text}, **context}


def instant(text: object) -> datetime | None:
    """From an ISO text with its offset; None for anything else."""
    try:
        moment = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        # Well formed, but no such day.
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def last_moment(due: datetime | None) -> str:
    """Until when one still is in time: the whole day before a midnight, else day and minute."""
    if due is None:
        return ""
    if timezone.localtime(due).time() == time.min:
        return zh_date(due - timedelta(microseconds=1))
    return zh_datetime(due)


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
