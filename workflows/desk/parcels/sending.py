"""One waybill for many cases: each forwarded in a transaction of its own, each with its result."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms

from tongban.accounts.actors import Actor
from workflows.cases.bulk import Pick, begin, go_on, words_of
from workflows.cases.models import Parcel
from workflows.cases.perform import CaseGone, InvalidData, NotAllowed, Stale, perform

from ..queue.batch import Result, results_of
from .loads import ROADS
from .seen import ON_ROAD

WAYBILL = re.compile(r"[A-Z0-9]{8,20}")


def compact_waybill(text: str) -> str:
    """A waybill as it is printed: capitals and digits, whatever the scanner adds."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in plain if c.isprintable() and c not in " -")


class SendForm(forms.Form):
    """The waybill of one load. Its road must be this one, and the parcel still under way."""

    waybill = forms.CharField(
        label="运单号",
        max_length=40,
        help_text="扫描或输入，8 至 20 位字母数字",
        widget=forms.TextInput({"class": "w-20", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "请填写运单号",
            "max_length": "运单号应为 8 至 20 位字母或数字",
        },
    )
    step = forms.ChoiceField(choices=[(step, step) for step in ROADS], widget=forms.HiddenInput)
    sender = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)
    receiver = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def clean_waybill(self) -> str:
        waybill = compact_waybill(self.cleaned_data["waybill"])
        if not WAYBILL.fullmatch(waybill):
            raise forms.ValidationError("运单号应为 8 至 20 位字母或数字")
        return waybill

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors:
            known = Parcel.objects.filter(waybill=data["waybill"]).first()
            road = (data["sender"], data["receiver"])
            if known is not None and (known.sender_id, known.receiver_id) != road:
                self.add_error("waybill", "这个运单号已用于寄往其他机构的邮件，请核对")
            elif known is not None and not known.items.filter(ON_ROAD).exists():
                self.add_error("waybill", "这个运单号的邮件已经签收，请核对")
        return data


def send(picks: Sequence[Pick], step: str, waybill: str, *, actor: Actor) -> list[Result]:
    """Put the cases that were picked into the parcel with this waybill; what fails stops no other.

    A run over them all, to its end: some statements for hundreds.
    """
    data = {"way": ROADS[step].way, "waybill": waybill}
    run = begin(actor=actor, step=step, picks=picks, data=data, key=uuid.uuid4())
    return results_of(go_on(run.pk), picks, "已装入邮件")


def taken(
    case_id: int | None, pick: Pick, step: str, data: dict[str, Any], done: str, actor: Actor
) -> Result:
    """One step of one case, and what came of it in a sentence."""
    if case_id is None:
        return Result(pick.number, False, "没有这个办件，或您不能查看")
    try:
        perform(case_id, step, actor=actor, data=data, token=pick.token)
    except (CaseGone, Stale, NotAllowed, InvalidData) as refused:
        return Result(pick.number, False, words_of(refused))
    return Result(pick.number, True, done)
