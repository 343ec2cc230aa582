"""Whether a certificate counts on a day, and the sentence that says so."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

NOT_GOOD = {
    "suspended": "已暂停使用",
    "revoked": "已注销或吊销",
    "missing": "签发机关已查不到",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """code: valid, expired, not_yet, suspended, revoked or missing; kind: of the tag."""

    code: str
    text: str

    @property
    def is_good(self) -> bool:
        return self.code == "valid"

    @property
    def kind(self) -> str:
        return "good" if self.is_good else "bad"


def standing(status: str, valid_from: dt.date, valid_to: dt.date | None, on: dt.date) -> Standing:
    """What the issuer said goes first: a revoked one is revoked, expired or not."""
    if status in NOT_GOOD:
        return Standing(status, NOT_GOOD[status])
    if on < valid_from:
        return Standing("not_yet", f"{_day(valid_from)}起才有效")
    if valid_to is not None and on > valid_to:
        return Standing("expired", f"已过期（有效期至{_day(valid_to)}）")
    return Standing("valid", "有效")


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
