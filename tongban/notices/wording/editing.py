"""Checking an edited text and keeping it; the last version of a template is the one in force."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import connection, transaction
from django.template import TemplateSyntaxError

from tongban.accounts.models import User
from tongban.notices.rendering import (
    CannotRender,
    Rendered,
    SmsText,
    edited_texts,
    rendered,
    sms_text,
)
from tongban.notices.sms.templates import SmsTemplate, edited, parts, registered

from .models import TextVersion
from .offers import longest, offered, required, sample_of, sms_required
from .reading import NotAllowed, uses_of

Kind = TextVersion.Kind
MOST_SUBJECT, MOST_TEXT, MOST_SMS = 80, 4000, 300
CODE = re.compile(r"[A-Za-z0-9_-]{4,40}")
# One lock for all edits: they are few, and two of one template must not cross.
LOCK = 0x746F6E67


class Unfit(ValueError):
    """The text can't be kept; `reasons`, one sentence each, say why."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("；".join(reasons))
        self.reasons = reasons


class ChangedMeanwhile(Exception):
    """Somebody else has edited it since the page was shown."""


@dataclass(frozen=True)
class SmsPreview:
    """How it would arrive: with sample values, and at the longest it may cost."""

    text: SmsText
    most_parts: int


def checked_message(template: str, text: str) -> Rendered:
    """The text with sample values. Raises Unfit with every reason, unknown names by name."""
    try:
        used = uses_of(text).names
    except (NotAllowed, TemplateSyntaxError) as error:
        raise Unfit([f"写法有误：{error}"]) from error
    reasons = [f"没有名为 {name} 的变量" for name in sorted(used - offered(template))]
    reasons += [f"缺少必须写明的变量 {name}" for name in sorted(required(template) - used)]
    if len(text) > MOST_TEXT:
        reasons.append(f"内容不能超过 {MOST_TEXT} 字")
    if reasons:
        raise Unfit(reasons)
    try:
        words = rendered(template, sample_of(used), text)
    except CannotRender as error:
        raise Unfit([f"写法有误：{error}"]) from error
    if len(words.subject) > MOST_SUBJECT:
        raise Unfit([f"第一行是标题，填上示例后不能超过 {MOST_SUBJECT} 字"])
    if not words.body:
        raise Unfit(["第一行是标题，从第二行起写正文"])
    return words


def checked_sms(template: str, *, text: str, code: str, sign: str) -> SmsPreview:
    """The message with sample values and its parts. Raises Unfit with every reason."""
    now = sms_in_force(template)
    wanted = edited(now, text=text, code=code, sign=sign)
    known = set(now.variables)
    used = set(wanted.used())
    reasons = [f"没有名为 {name} 的变量" for name in sorted(used - known)]
    reasons += [f"缺少必须写明的变量 {name}" for name in sorted(sms_required(now) - used)]
    if re.search(r"[【】]", text):
        reasons.append("短信内容不能有【】，签名由平台加上")
    if re.search(r"\{\{|\{%|\$(?!\{[a-z_]+\})", text):
        reasons.append("短信变量写成 ${名称}")
    if not text or len(text) > MOST_SMS:
        reasons.append(f"短信内容为 1 到 {MOST_SMS} 字")
    if not CODE.fullmatch(code):
        reasons.append("请填写报备后取得的模板编号")
    elif code == now.code and (text, sign) != (now.text, now.sign):
        reasons.append("内容或签名改动后须重新报备，请填写新的模板编号")
    elif is_of_another(template, text=text, code=code, sign=sign):
        reasons.append("这个模板编号报备的是另一段内容，请核对")
    if not 2 <= len(sign) <= 12:
        reasons.append("签名为 2 到 12 个字")
    if reasons:
        raise Unfit(reasons)
    most = parts(wanted.filled(longest(wanted)))
    return SmsPreview(sms_text(wanted, sample_of(["code"])), most)


def is_of_another(template: str, *, text: str, code: str, sign: str) -> bool:
    """Whether the code is known for other words: the gateway would send those. One statement."""
    files = [each for each in registered().values() if each.code == code]
    if any((each.template, each.text, each.sign) != (template, text, sign) for each in files):
        return True
    kept = TextVersion.objects.filter(kind=Kind.SMS, code=code).exclude(text="")
    return kept.exclude(template=template, text=text, sign=sign).exists()


def sms_in_force(template: str) -> SmsTemplate:
    """As it goes out now: the last edit, or the registered one. One statement."""
    found = registered()[template]
    version = edited_texts(Kind.SMS, template).get(template)
    if version is None:
        return found
    return edited(found, text=version.text, code=version.code, sign=version.sign)


def approved_as(code: str) -> SmsTemplate | None:
    """What an operator has entered as registered under this code. One statement."""
    rows = TextVersion.objects.filter(kind=Kind.SMS, code=code, template__in=registered())
    version = rows.exclude(text="").order_by("id").last()
    if version is None:
        return None
    found = registered()[version.template]
    return edited(found, text=version.text, code=version.code, sign=version.sign)


@transaction.atomic
def keep(
    *,
    kind: str,
    template: str,
    text: str,
    reason: str,
    by: User,
    based_on: int,
    code: str = "",
    sign: str = "",
) -> TextVersion:
    """Keep a text from now on. based_on: the last version's id that the person saw, 0 for none.

    An empty text goes back to the file's words. Raises Unfit, ChangedMeanwhile.
    """
    if not reason.strip():
        raise Unfit(["请写明修改原因"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if last_id(kind, template) != based_on:
        raise ChangedMeanwhile
    if text and kind == Kind.SMS:
        checked_sms(template, text=text, code=code, sign=sign)
    elif text:
        checked_message(template, text)
    return TextVersion.objects.create(
        kind=kind, template=template, text=text, reason=reason.strip()[:200], made_by=by,
        code=code if text else "", sign=sign if text else "",
    )  # fmt: skip


def versions_of(kind: str, template: str) -> list[TextVersion]:
    """The history, the latest first. One statement."""
    rows = TextVersion.objects.filter(kind=kind, template=template)
    return list(rows.select_related("made_by").order_by("-id"))


def last_id(kind: str, template: str) -> int:
    rows = TextVersion.objects.filter(kind=kind, template=template).order_by("-id")
    return rows.values_list("id", flat=True).first() or 0
