"""What a template's text may use, what it must say, and a sample to look at it with."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.conf import settings

from tongban.notices.rendering import readable, rendered
from tongban.notices.sms.templates import SmsTemplate, registered

from .reading import Uses, uses_of

# What `context_of` gives for every step of a case, and its instants in words.
OF_A_CASE = frozenset(
    {"number", "matter", "step", "state", "office", "at_text", "due_text", "promise_text", "url"}
)
# Without these the words no longer say what the law asks for (行政许可法 32, 38; 民事诉讼法).
LEGAL = {
    "supplement_required": {"items", "due_text"},
    "refused": {"reason", "remedies"},
    "disapproved": {"reason", "remedies"},
    "extended": {"reason", "due_text"},
    "suspended": {"reason"},
    "deemed_accepted": {"reason"},
}

SAMPLE: dict[str, Any] = {
    "number": "50010126112100001239",
    "matter": "困难残疾人生活补贴和重度残疾人护理补贴",
    "step": "受理",
    "state": "办理中",
    "office": "达州市通川区民政局",
    "at": "2026-11-21T01:30:00+00:00",
    "due": "2026-12-04T16:00:00+00:00",
    "promise": "2026-12-18T16:00:00+00:00",
    "reason": "残疾人证照片页不清楚",
    "items": ["残疾人证照片页（彩色扫描件）", "本人银行卡复印件"],
    "remedies": "对本决定不服的，可在收到之日起六十日内申请行政复议，或在六个月内提起行政诉讼。",
    "message": "请按时参加",
    "clock": "承诺时限",
    "kind": "督办",
    "title": "居住证状态",
    "holder": "四川省公安厅",
    "outcome": "一致",
    "data": "居民身份信息",
    "item": "困难残疾人生活补贴",
    "is_early": False,
    "day": "2026年11月21日",
    "code": "246810",
    "groups": [
        {
            "title": "今天到期",
            "count": "1",
            "lines": [
                {"number": "50010126112100001239", "matter": "户口迁移", "due": "2026年11月21日"}
            ],
        }
    ],
}


@cache
def file_text(template: str) -> str:
    """The words of the file. Raises FileNotFoundError."""
    return (settings.BASE_DIR / "templates" / "notices" / f"{template}.txt").read_text("utf-8")


def templates() -> list[str]:
    """Every template that has a file, by name; those that begin with _ are parts of others."""
    folder = settings.BASE_DIR / "templates" / "notices"
    return sorted(path.stem for path in folder.glob("[a-z]*.txt"))


@cache
def of_file(template: str) -> Uses:
    return uses_of(file_text(template))


def title(template: str) -> str:
    """What people call it: how the file's subject begins."""
    if template not in templates():
        return "查询进度的验证码" if template == "progress_code" else template
    subject = rendered(template, sample_of(offered(template))).subject
    return subject.partition("：")[0]


def offered(template: str) -> frozenset[str]:
    """The names that a text for this template may use: those of the file, and of a case all."""
    used = of_file(template).names
    return used | OF_A_CASE if "number" in used else used


def required(template: str) -> frozenset[str]:
    """The names that it has to use: which case it is about, and what the law asks for."""
    about = {"number"} & of_file(template).names
    return frozenset(about | LEGAL.get(template, set()))


def sample_of(names: Iterable[str]) -> dict[str, Any]:
    """A context with a plausible value for every name; text where nothing better is known."""
    moments = {"at_text", "due_text", "promise_text", "url"}
    wanted = set(names) - moments
    return {**SAMPLE, **dict.fromkeys(wanted - set(SAMPLE), "……"), "url": "/my/"}


def sms_required(template: SmsTemplate) -> frozenset[str]:
    """Of a text message: the number it is about, or the code that it brings."""
    return frozenset({"number", "code"} & set(registered()[template.template].used()))


def longest(template: SmsTemplate) -> dict[str, str]:
    """Every variable at its full length: what a message may cost at most."""
    return {name: "长" * template.variables[name].most for name in template.used()}


__all__ = [
    "file_text",
    "longest",
    "offered",
    "readable",
    "required",
    "sample_of",
    "sms_required",
    "templates",
    "title",
]
