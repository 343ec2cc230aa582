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

from tongban.notices.models import Notice, TextVersion
from tongban.notices.sms import templates as sms
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


# An edited text by template, of one kind; what is not in it has the words of its file.
Edited = Mapping[str, TextVersion]


def edited_texts(kind: str, *templates: str) -> Edited:
    """The edits in force, of these templates or of all. One statement."""
    rows = TextVersion.objects.filter(kind=kind).order_by("template", "-id").distinct("template")
    if templates:
        rows = rows.filter(template__in=templates)
    return {row.template: row for row in rows if row.text}


def render(notice: Notice, *, edited: Edited | None = None) -> Rendered:
    """Subject (the template's first line) and body, as plain text; raises CannotRender.

    edited: what `edited_texts("message")` gave, for who renders many; else one statement.
    """
    if edited is None:
        edited = edited_texts(TextVersion.Kind.MESSAGE, notice.template)
    version = edited.get(notice.template)
    return rendered(notice.template, notice.context, version.text if version else None)


def rendered(template: str, context: Mapping[str, Any], text: str | None = None) -> Rendered:
    """The same of a template's name, or of a text that stands for it. No SQL."""
    # A name that begins with an underscore is a part of others, and no name leads elsewhere.
    if not re.fullmatch(r"[a-z][a-z0-9_]*", template):
        raise CannotRender(f"no such template: {template!r}")
    words = text_from(f"{template}.txt", readable(context), source=text)
    subject, _, body = words.strip().partition("\n")
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


def render_email(notice: Notice, *, edited: Edited | None = None) -> Rendered:
    """The same with the link and the words that end an e-mail; raises CannotRender."""
    return render_email_of(render(notice, edited=edited), path_of(notice))


def render_email_of(words: Rendered, path: str) -> Rendered:
    """The e-mail that says these words and leads to that page of the site."""
    link = f"{settings.SITE_URL}{path}" if path else ""
    context = {"body": words.body, "link": link, "site_url": settings.SITE_URL}
    return Rendered(words.subject, tidied(text_from("_email.txt", context)) + "\n")


@dataclass(frozen=True)
class SmsText:
    """What a gateway is given, and what the phone will show; `parts` messages are paid for."""

    sign: str
    code: str
    values: Mapping[str, str]
    text: str
    parts: int


def render_sms(notice: Notice, *, edited: Edited | None = None, code: str = "") -> SmsText:
    """A notice as a text message; raises CannotRender where none is registered for it.

    code: of a notice that brings one, which never stands in its context.
    """
    if edited is None:
        edited = edited_texts(TextVersion.Kind.SMS, notice.template)
    template = sms.registered().get(notice.template)
    if template is None or not template.is_approved:
        raise CannotRender(f"no registered text message: {notice.template!r}")
    if version := edited.get(notice.template):
        template = sms.edited(template, text=version.text, code=version.code, sign=version.sign)
    return sms_text(template, {**notice.context, "code": code})


def sms_text(template: sms.SmsTemplate, context: Mapping[str, Any]) -> SmsText:
    """The template filled with a context; raises CannotRender for a variable without a value."""
    try:
        values = template.values(readable(context))
    except LookupError as error:
        raise CannotRender(str(error)) from error
    text = template.filled(values)
    return SmsText(template.sign, template.code, values, text, sms.parts(text))


def text_from(template: str, context: dict[str, Any], *, source: str | None = None) -> str:
    """The template's file filled, or `source` in its place."""
    try:
        # Plain text: escaping is the job of whoever puts it into a page.
        found = (
            engine().get_template(f"notices/{template}")
            if source is None
            else engine().from_string(source)
        )
        text = found.render(Context(context, False))
    except TEMPLATE_ERRORS as error:
        raise CannotRender(f"{type(error).__name__}: {error}") from error
    return str(text)


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
