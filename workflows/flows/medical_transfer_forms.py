"""Forms of 基本医疗保险关系转移接续: what both places check, the 信息表, and the cover that begins."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms

from matters.medical.models import Insured
from matters.medical.rules import rule_book
from matters.medical.visits import stays_of
from tongban.forms import DayInput
from workflows.cases.act import Situation
from workflows.cases.forms import StepForm

from .fund_transfer_forms import YuanField
from .medical_cover import RETIRED, Covers, covers_seen_by, pools_of

MONEY = [
    ("transfer", "划转到转入地个人账户"),
    ("paid_out", "由转出地退给本人，不划转"),
    ("none", "没有个人账户余额（居民医保没有个人账户）"),
]
# Where no rule file of the pool says so of a type, only what its people are everywhere.
UNWRITTEN = {"employee": {"active": "在职职工"}, "resident": {"resident": "城乡居民"}}
RETIREE = "登记为职工医保退休人员，不办理关系转移接续"


class BeginForm(StepForm):
    """校验规则前置: both conditions hold before anything begins."""

    joined_here = forms.BooleanField(
        label="已核验身份，已按规定参加转入地基本医保",
        error_messages={"required": "须先核验身份，并确认已参加转入地基本医保"},
    )
    stopped_there = forms.BooleanField(
        label="转出地已中止参保，没有享受职工医保退休待遇",
        error_messages={"required": "转出地没有中止参保的，不能受理"},
    )


class MedicalSheetForm(StepForm):
    """参保人员基本医疗保险信息表. What the register holds of the person goes before what is typed."""

    certificate = forms.RegexField(
        r"^[0-9A-Za-z-]{4,40}$",
        label="参保凭证号",
        error_messages={
            "required": "请填写参保凭证号",
            "invalid": "参保凭证号应为 4 至 40 位字母、数字或短横线",
        },
    )
    insured_type = forms.ChoiceField(
        label="参保险种",
        choices=Insured.Type.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择参保险种"},
    )
    insured_from = forms.DateField(
        label="参保开始日期",
        widget=DayInput,
        error_messages={"required": "请填写参保开始日期", "invalid": "请填写有效的日期"},
    )
    ended_on = forms.DateField(
        label="停保日期（从这一天起不再享受转出地待遇）",
        widget=DayInput,
        error_messages={"required": "请填写停保日期", "invalid": "请填写有效的日期"},
    )
    months = forms.IntegerField(
        label="累计缴费月数",
        min_value=0,
        max_value=720,
        error_messages={"required": "请填写累计缴费月数", "max_value": "月数过大"},
    )
    total = YuanField(
        label="个人账户余额（元）",
        max_digits=12,
        decimal_places=2,
        min_value=Decimal(0),
        error_messages={"required": "请填写个人账户余额，没有填 0", "min_value": "金额不能为负"},
    )
    money = forms.ChoiceField(
        label="个人账户余额怎样处理",
        choices=MONEY,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择个人账户余额怎样处理"},
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        # One statement.
        self.covers = covers_seen_by(situation)
        old = self.covers.old
        if old is None:
            return
        self.fields["insured_type"].initial = old.insured_type
        self.fields["insured_from"].initial = old.valid_from
        self.fields["ended_on"].initial = old.valid_to
        self.fields["total"].initial = old.account_balance
        self.fields["total"].help_text = f"登记的个人账户余额为 {old.account_balance} 元"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if {"insured_from", "ended_on"} <= data.keys() and data["ended_on"] < data["insured_from"]:
            self.add_error("ended_on", "停保日期不能早于参保开始日期")
        if {"total", "money", "insured_type"} <= data.keys():
            self._check_money(data)
        if self.covers.old is not None:
            self._check_register(self.covers.old, data)
        return data

    def _check_money(self, data: dict[str, Any]) -> None:
        if data["insured_type"] == Insured.Type.RESIDENT and data["total"]:
            self.add_error("total", "居民医保没有个人账户，余额应为 0")
        elif bool(data["total"]) != (data["money"] != "none"):
            self.add_error("money", "有余额的选划转或退给本人，没有余额的选“没有个人账户余额”")

    def _check_register(self, old: Insured, data: dict[str, Any]) -> None:
        if self.covers.is_retired:
            self.add_error(None, f"{RETIREE}，请提出异议")
        if "insured_type" in data and data["insured_type"] != old.insured_type:
            self.add_error("insured_type", f"登记的险种是{old.get_insured_type_display()}，请核对")
        if "total" in data and data["total"] != old.account_balance:
            self.add_error("total", f"与登记的个人账户余额 {old.account_balance} 元不一致")
        if "ended_on" in data and data["ended_on"] < old.valid_from:
            self.add_error("ended_on", "停保日期不能早于登记的参保开始日期")
        for stay in stays_of(old.pk):
            where = stay.institution.name
            self.add_error(None, f"在{where}有尚未结算的住院，出院结算后才能转出；现在请提出异议")


class JoinCoverForm(StepForm):
    """The cover that begins here. Where the register has it already, nothing is asked."""

    psn_no = forms.RegexField(
        r"^[0-9A-Za-z]{4,30}$",
        label="本地人员编号",
        error_messages={
            "required": "请填写本地人员编号",
            "invalid": "人员编号应为 4 至 30 位字母或数字",
        },
    )
    insured_type = forms.ChoiceField(
        label="本地参保险种",
        choices=Insured.Type.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择本地参保险种"},
    )
    person_class = forms.CharField(label="人员类别", max_length=24)
    begins_on = forms.DateField(
        label="本地待遇开始日期",
        widget=DayInput,
        error_messages={"required": "请填写本地待遇开始日期", "invalid": "请填写有效的日期"},
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        # One statement.
        self.covers = covers_seen_by(situation)
        if self.covers.new is not None:
            for name in ("psn_no", "insured_type", "person_class", "begins_on"):
                del self.fields[name]
            return
        self.fields["person_class"] = forms.ChoiceField(
            label="人员类别",
            choices=classes_in(pools_of(situation.case)[1]),
            error_messages={
                "required": "请选择人员类别",
                "invalid_choice": "转入地没有这个人员类别",
            },
        )
        self.order_fields(["psn_no", "insured_type", "person_class", "begins_on"])

    def clean(self) -> dict[str, Any]:
        """Both covers are held until the step is written: what is checked here is what is changed."""
        data = super().clean() or {}
        if self.errors:
            return data
        held = data["covers"] = self.covers.held()
        sheet = self.situation.case.facts["sheet"]
        if held.is_retired:
            self.add_error(None, f"{RETIREE}，请退回信息表")
        if held.old is not None and held.old.account_balance != Decimal(sheet["total"]):
            now = held.old.account_balance
            self.add_error(None, f"转出地个人账户现有 {now} 元，与信息表不一致，请退回信息表")
        self._check_new(held, data, sheet)
        return data

    def _check_new(self, held: Covers, data: dict[str, Any], sheet: dict[str, Any]) -> None:
        new = held.new
        begins_on = new.valid_from if new else data["begins_on"]
        insured_type = new.insured_type if new else data["insured_type"]
        if begins_on < dt.date.fromisoformat(sheet["ended_on"]):
            words = (
                f"本地待遇从 {begins_on} 开始，早于转出地停保日 {sheet['ended_on']}，不能重复参保"
            )
            self.add_error(None if new else "begins_on", f"{words}；停保日有误的，请退回信息表")
        if sheet["money"] == "transfer" and insured_type == Insured.Type.RESIDENT:
            self.add_error(
                None if new else "insured_type",
                "居民医保没有个人账户，不能接收余额：请退回信息表，由转出地改为退给本人",
            )
        if new is None:
            before = held.before
            if before is not None and before.valid_to is not None and begins_on < before.valid_to:
                words = f"以前在本地的参保到 {before.valid_to} 才终止，待遇不能早于这一天开始"
                self.add_error("begins_on", words)
            self._check_class(data["person_class"], insured_type)
            if Insured.objects.filter(psn_no=data["psn_no"]).exists():
                self.add_error("psn_no", "这个人员编号已经登记给一项参保，请核对")

    def _check_class(self, person_class: str, insured_type: str) -> None:
        """A class belongs to one type: 一档 is no employee's."""
        kind = Insured.Type(insured_type).label
        groups = dict(classes_in(pools_of(self.situation.case)[1]))
        if person_class not in dict(groups.get(kind, [])):
            self.add_error("person_class", f"这不是{kind}医保的人员类别")


def classes_in(pool: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The classes of person that the pool's rule file knows, by type; nobody comes as a retiree."""
    found = rule_book().pools.get(pool)
    known = UNWRITTEN | (dict(found.classes) if found is not None else {})
    return [
        (
            Insured.Type(kind).label,
            [(code, words) for code, words in classes.items() if code != RETIRED],
        )
        for kind, classes in known.items()
    ]
