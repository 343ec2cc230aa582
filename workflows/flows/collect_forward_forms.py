"""Forms of 异地代收代办: at the collecting window and on the road."""

from __future__ import annotations

from typing import Any

from django import forms

from workflows.cases.act import Situation
from workflows.cases.forms import StepForm, choices_of
from workflows.cases.models import Material, Parcel, ParcelItem

WAYBILL_HELP = "EMS 运单号，13 位字母数字"


def waybill_field(**more: Any) -> forms.RegexField:
    return forms.RegexField(
        r"^[A-Za-z0-9]{8,20}$",
        label="运单号",
        help_text=WAYBILL_HELP,
        error_messages={"invalid": "运单号应为 8 至 20 位字母或数字", "required": "请填写运单号"},
        **more,
    )


class CollectForm(StepForm):
    """形式审查 and identity check at the window; which papers were handed over."""

    identity_checked = forms.BooleanField(
        label="已核验申请人（或代理人）身份证件原件，人证一致",
        error_messages={"required": "须先核验身份"},
    )
    remark = forms.CharField(label="收件备注", max_length=500, required=False)

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        # One statement.
        papers = Material.objects.filter(case_id=situation.case.pk).order_by("id")
        self.fields["papers"] = forms.ModelMultipleChoiceField(
            label="收到的材料（逐份核对）",
            queryset=papers,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": "所选材料不在本件清单内"},
        )
        self.order_fields(["identity_checked", "papers", "remark"])

    def clean_papers(self) -> Any:
        chosen = self.cleaned_data["papers"]
        definition = self.situation.definition
        # 容缺 papers may follow; 免证办 ones are looked up by the owner instead.
        may_follow = {m.code for m in definition.materials if m.missing_ok or m.shared}
        here = {paper.pk for paper in chosen}
        lacking = [
            p.name
            for p in choices_of(self.fields["papers"])
            if p.is_required and p.code not in may_follow and p.pk not in here
        ]
        if lacking:
            raise forms.ValidationError(f"缺少必要材料：{'、'.join(lacking)}")
        return chosen


class ForwardForm(StepForm):
    """By post with a waybill, or pushed electronically where all papers are electronic."""

    way = forms.ChoiceField(
        label="转递方式",
        choices=[("post", "邮寄纸质材料"), ("electronic", "电子推送（材料均为电子件）")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择转递方式"},
    )
    waybill = waybill_field(required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("way") == "post" and not self.errors.get("waybill"):
            if not data.get("waybill"):
                self.add_error("waybill", "邮寄须填写运单号")
            else:
                first = self.situation.definition.stages[0].seat
                check_road(self, data["waybill"], sender="collector", receiver=first)
        return data


def check_road(form: StepForm, waybill: str, *, sender: str, receiver: str) -> None:
    """A waybill belongs to one road: an error beside it where it is known on another. One statement."""
    case = form.situation.case
    known = form.situation.once(
        ("waybill", waybill), lambda: Parcel.objects.filter(waybill=waybill).first()
    )
    road = (case.office_of(sender), case.office_of(receiver))
    if known is not None and (known.sender_id, known.receiver_id) != road:
        form.add_error("waybill", "这个运单号已用于寄往其他机构的邮件，请核对")


class SignForm(StepForm):
    """Every paper of the case ticked, or named as missing."""

    missing_note = forms.CharField(
        label="缺失情况说明", max_length=200, required=False, help_text="有材料未收到时填写"
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        # One statement.
        items = ParcelItem.objects.filter(case_id=situation.case.pk, signed_at=None)
        self.fields["arrived"] = forms.ModelMultipleChoiceField(
            label="收到的材料（逐份签收）",
            queryset=items.order_by("id"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": "所选材料不在本次邮件内"},
        )
        self.order_fields(["arrived", "missing_note"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "arrived" in data:
            missing = len(choices_of(self.fields["arrived"])) - len(data["arrived"])
            if missing and not data.get("missing_note"):
                self.add_error("missing_note", f"有 {missing} 份材料未勾选，请说明缺失情况")
        return data


class FeedBackForm(StepForm):
    """How the result goes back to where the person is."""

    way = forms.ChoiceField(
        label="结果反馈方式",
        choices=[("electronic", "电子结果，直接送达申请人"), ("parcel", "寄回收件地窗口转交")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择结果反馈方式"},
    )
    waybill = waybill_field(required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("way") == "parcel" and not self.errors.get("waybill"):
            if not data.get("waybill"):
                self.add_error("waybill", "寄回须填写运单号")
            else:
                holder = self.situation.case.holder
                check_road(self, data["waybill"], sender=holder, receiver="collector")
        return data


class HandOverForm(StepForm):
    receiver = forms.CharField(
        label="领取人", max_length=100, error_messages={"required": "请填写领取人姓名"}
    )
    note = forms.CharField(label="备注", max_length=200, required=False)
