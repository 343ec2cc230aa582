"""Signing for a parcel: every case's papers ticked one by one, what is missing named."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import QueryDict

from tongban.accounts.actors import Actor
from tongban.templatetags.formats import zh_short
from workflows.cases.bulk import Pick

from ..queue.batch import Result
from .seen import Bundle
from .sending import taken

LONGEST_NOTE = 200


@dataclass
class Slip:
    """A case of the parcel with what was ticked and written for it."""

    bundle: Bundle
    token: int
    ticked: set[int] = field(default_factory=set)
    note: str = ""
    error: str = ""

    @property
    def number(self) -> str:
        return self.bundle.case.number

    @property
    def is_left_out(self) -> bool:
        """Neither a tick nor a word: not looked at yet."""
        return not self.ticked and not self.note

    @property
    def problem(self) -> str:
        missing = len(self.bundle.items) - len(self.ticked)
        if missing and not self.note:
            return f"有 {missing} 份材料没有勾选，请写明缺失情况"
        if len(self.note) > LONGEST_NOTE:
            return f"缺失情况最多 {LONGEST_NOTE} 个字"
        return ""


def slips_of(bundles: list[Bundle], sent: QueryDict | None = None) -> list[Slip]:
    """A slip for each case that is to sign for, filled in as it was sent."""
    slips = []
    for bundle in bundles:
        if not bundle.step:
            continue
        slip = Slip(bundle, bundle.case.seq)
        if sent is not None:
            token = sent.get(f"token-{slip.number}", "")
            # A page of an earlier moment is told so by the case; anything else is as stale.
            slip.token = int(token) if token.isascii() and token.isdecimal() else 0
            ids = {text for text in sent.getlist("arrived") if text.isascii()}
            slip.ticked = {item.pk for item in bundle.items if str(item.pk) in ids}
            slip.note = " ".join(sent.get(f"note-{slip.number}", "").split())
        slips.append(slip)
    return slips


def signed_meanwhile(bundles: list[Bundle], sent: QueryDict) -> list[Result]:
    """A result for each case that was still to sign for on the page, and is no more."""
    results = []
    for bundle in bundles:
        number, item = bundle.case.number, bundle.items[0]
        if bundle.step or f"token-{number}" not in sent:
            continue
        if item.signed_at is None:
            text = "办件已不在邮寄途中，没有签收"
        else:
            who = item.signed_by.name if item.signed_by else "同事"
            text = f"{who}已于 {zh_short(item.signed_at)} 签收，没有重复办理"
        results.append(Result(number, False, text))
    return results


def sign(slips: list[Slip], *, actor: Actor) -> list[Result]:
    """Sign for every case that was looked at; a result for each, and the error on its slip.

    What fails stops no other; a case without a tick or a word stays as it is.
    """
    results = []
    for slip in slips:
        if slip.is_left_out:
            continue
        slip.error = slip.problem
        if slip.error:
            results.append(Result(slip.number, False, slip.error))
            continue
        data = {"arrived": sorted(slip.ticked), "missing_note": slip.note}
        missing = len(slip.bundle.items) - len(slip.ticked)
        done = f"已签收，缺 {missing} 份" if missing else "已签收，材料齐全"
        pick = Pick(slip.number, slip.token)
        results.append(taken(slip.bundle.case.pk, pick, slip.bundle.step, data, done, actor))
    return results
