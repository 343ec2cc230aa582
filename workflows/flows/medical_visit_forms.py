"""What the messages of a hospital bring to the steps of a visit. Each form checks a message whole."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms

from matters.medical.bill import Item, to_fen
from matters.medical.models import FeeLine, Insured, Visit
from matters.medical.visits import fee_sums, stays_of
from workflows.cases.forms import StepForm

if TYPE_CHECKING:
    from collections.abc import Mapping

ALL_LINES = "0000"
MOST_LINES = 1000
FLAGS = [("", "未上传"), ("0", "否"), ("1", "是")]
GROUNDS = [
    ("gave_up", "患者放弃直接结算"),
    ("not_filed", "未备案或待遇状态异常"),
    ("failure", "系统或网络故障"),
    ("accident", "外伤涉及第三方，或未签承诺"),
    ("other", "其他原因"),
]
# The amounts that 2304 / 2207 must bring as the presettlement said them.
AGREED = {
    "medfee_sumamt": "医疗费总额",
    "fund_pay_sumamt": "基金支付总额",
    "acct_pay": "个人账户支出",
    "psn_cash_pay": "个人现金支出",
}


class MessageForm(StepForm):
    """A message of the interface: its number and its id, as they stand in the ledger of the case."""

    infno = forms.CharField(label="交易编号", max_length=4, required=False)
    msgid = forms.CharField(label="报文号", max_length=80, required=False)

    @property
    def visit(self) -> Visit:
        """The visit of the case, locked with it. One statement, once."""
        if not hasattr(self, "_visit"):
            rows = Visit.objects.select_related("insured", "institution")
            self._visit = rows.get(mdtrt_id=self.situation.case.number)
        return self._visit


def flag(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=FLAGS,
        required=False,
        coerce=lambda given: given == "1",
        empty_value=None,
        error_messages={"invalid_choice": f"{label}只能是 0 或 1"},
    )


def money(label: str, *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(
        label=f"{label}（元）",
        max_digits=14,
        decimal_places=2,
        min_value=Decimal(0),
        required=required,
        error_messages={
            "required": f"请给出{label}",
            "invalid": f"{label}应为数字，如 12345.67",
            "min_value": f"{label}不能为负",
            "max_decimal_places": f"{label}最多两位小数",
            "max_digits": f"{label}过大",
            "max_whole_digits": f"{label}过大",
        },
    )


class EncounterForm(MessageForm):
    """2203 就诊信息: the diagnosis, and the flags of an accident."""

    diagnosis = forms.CharField(label="主要诊断", max_length=200, required=False)
    trum_flag = flag("外伤标志")
    rel_ttp_flag = flag("涉及第三方标志")
    promised = forms.BooleanField(label="患者已签无第三方责任承诺书", required=False)


class AdmitForm(EncounterForm):
    """2401 入院办理, 2201 挂号. One stay at a time, in whichever province."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.visit.is_stay:
            # Whoever admits the same person elsewhere at this moment waits here, and then sees it.
            Insured.objects.select_for_update(no_key=True).only("pk").get(pk=self.visit.insured_id)
            for stay in stays_of(self.visit.insured_id, besides=self.visit.mdtrt_id):
                text = f"此人在{stay.institution.name}还有未结算的住院，不能再次办理入院"
                self.add_error(None, forms.ValidationError(text, code="admitted_elsewhere"))
        return cleaned


class FeesForm(MessageForm):
    """2301 / 2204 费用明细上传. Cleans `fees` to unsaved FeeLine rows, split as the message says."""

    fees = forms.JSONField(
        label="费用明细（接口报文）",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请给出费用明细", "invalid": "费用明细应为 JSON"},
    )

    def clean_fees(self) -> list[FeeLine]:
        given = self.cleaned_data["fees"]
        if not isinstance(given, list) or not 1 <= len(given) <= MOST_LINES:
            raise forms.ValidationError(f"每次上传 1 至 {MOST_LINES} 条费用明细", code="lines")
        lines = [_line(nth, row) for nth, row in enumerate(given, 1)]
        numbers = [line.feedetl_sn for line in lines]
        known = set(
            FeeLine.objects.filter(
                visit__mdtrt_id=self.situation.case.number, cancelled_at=None
            ).values_list("feedetl_sn", flat=True)
        )
        twice = sorted({n for n in numbers if numbers.count(n) > 1 or n in known})
        if twice:
            text = f"费用明细流水号已上传过：{'、'.join(twice[:5])}"
            raise forms.ValidationError(text, code="line_twice")
        return lines


class CancelFeesForm(MessageForm):
    """2302 / 2205 费用明细撤销. Cleans `lines` to the rows that are taken back."""

    feedetl_sn = forms.CharField(
        label="费用明细流水号（逗号分隔，0000 为全部）",
        max_length=40000,
        error_messages={"required": "请给出要撤销的费用明细流水号"},
    )

    def clean_feedetl_sn(self) -> list[FeeLine]:
        named = set(self.cleaned_data["feedetl_sn"].split(","))
        rows = FeeLine.objects.filter(visit__mdtrt_id=self.situation.case.number, cancelled_at=None)
        lines = list(rows if named == {ALL_LINES} else rows.filter(feedetl_sn__in=named))
        missing = named - {ALL_LINES} - {line.feedetl_sn for line in lines}
        if missing or not lines:
            text = f"没有这些费用明细：{'、'.join(sorted(missing)[:5]) or '全部已撤销'}"
            raise forms.ValidationError(text, code="no_line")
        return lines


class DischargeForm(MessageForm):
    """2402 出院办理: the hospital's own total must be what was uploaded."""

    ended_on = forms.DateField(
        label="出院日期",
        error_messages={"required": "请给出出院日期", "invalid": "出院日期应为 2026-11-21"},
    )
    medfee_sumamt = money("医院费用总额")
    diagnosis = forms.CharField(label="出院主要诊断", max_length=200, required=False)

    def clean_ended_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["ended_on"]
        if not self.visit.began_on <= day <= self.situation.today:
            text = "出院日期应在入院日期之后、今天之前"
            raise forms.ValidationError(text, code="day")
        return day

    def clean_medfee_sumamt(self) -> Decimal:
        return _same_total(self, self.cleaned_data["medfee_sumamt"])


class ReverseForm(MessageForm):
    """2305 / 2208 结算撤销."""

    reason = forms.CharField(
        label="撤销原因", max_length=200, error_messages={"required": "请写明撤销原因"}
    )


class SelfPaidForm(MessageForm):
    """转自费: on which ground; what reimbursement by hand will ask."""

    ground = forms.ChoiceField(
        label="转自费的原因", choices=GROUNDS, error_messages={"required": "请选择原因"}
    )
    reason = forms.CharField(label="说明", max_length=200, required=False)


class ResolveForm(MessageForm):
    """再查一次: nothing to fill in but why, where a clerk asks."""

    reason = forms.CharField(label="说明", max_length=200, required=False)


def _same_total(form: MessageForm, told: Decimal) -> Decimal:
    uploaded = fee_sums(form.visit.pk)["medfee_sumamt"]
    if told != uploaded:
        text = f"医院费用总额 {told} 元与已上传明细合计 {uploaded} 元不一致，请核对后补传或撤销"
        raise forms.ValidationError(text, code="totals_differ")
    return told


def _line(nth: int, row: Any) -> FeeLine:
    """One row of feedetl as a line, split into own pay, over the limit, 先行自付 and in scope."""
    if not isinstance(row, dict):
        raise forms.ValidationError(f"第 {nth} 条费用明细不是对象", code="line")
    level = str(row.get("chrgitm_lv", ""))
    if level not in FeeLine.LEVELS:
        text = f"第 {nth} 条：收费项目等级应为 01（甲）、02（乙）或 03（丙）"
        raise forms.ValidationError(text, code="line")
    total = _amount(nth, row, "det_item_fee_sumamt", "明细项目费用总额")
    over = _amount(nth, row, "overlmt_amt", "超限价金额", default="0")
    ratio = _amount(nth, row, "selfpay_prop", "先行自付比例", default="0", places=4)
    if total <= 0 or over > total or ratio > 1:
        text = f"第 {nth} 条：金额须大于 0，超限价不超过总额，先行自付比例在 0 与 1 之间"
        raise forms.ValidationError(text, code="line")
    split = Item(str(row.get("name", "")), FeeLine.LEVELS[level], total, over, ratio)
    return FeeLine(
        feedetl_sn=_text(nth, row, "feedetl_sn", 30),
        fee_ocur_on=_day(nth, row),
        med_list_codg=_text(nth, row, "med_list_codg", 50),
        name=_text(nth, row, "name", 100),
        med_chrgitm_type=_text(nth, row, "med_chrgitm_type", 6),
        chrgitm_lv=level,
        cnt=_amount(nth, row, "cnt", "数量", default="1", places=4),
        pric=_amount(nth, row, "pric", "单价", default="0", places=6),
        det_item_fee_sumamt=total,
        fulamt_ownpay_amt=split.ownpay,
        overlmt_amt=split.overlmt,
        preselfpay_amt=split.preself,
        inscp_scp_amt=total - split.ownpay - split.overlmt - split.preself,
    )


def _text(nth: int, row: Mapping[str, Any], key: str, longest: int) -> str:
    text = str(row.get(key, "")).strip()
    if not 1 <= len(text) <= longest:
        raise forms.ValidationError(f"第 {nth} 条：{key} 须为 1 至 {longest} 个字符", code="line")
    return text


def _day(nth: int, row: Mapping[str, Any]) -> dt.date:
    try:
        return dt.date.fromisoformat(str(row.get("fee_ocur_time", ""))[:10])
    except ValueError:
        raise forms.ValidationError(f"第 {nth} 条：费用发生时间不对", code="line") from None


def _amount(
    nth: int, row: Mapping[str, Any], key: str, label: str, *, default: str = "", places: int = 2
) -> Decimal:
    try:
        given = Decimal(str(row.get(key, default) or default))
        kept = to_fen(given) if places == 2 else given.quantize(Decimal(1).scaleb(-places))
    except InvalidOperation:
        raise forms.ValidationError(f"第 {nth} 条：{label}应为数字", code="line") from None
    if kept != given or given < 0 or given >= Decimal(10) ** 9:
        text = f"第 {nth} 条：{label}不能为负，最多 {places} 位小数"
        raise forms.ValidationError(text, code="line")
    return kept
