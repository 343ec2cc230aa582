"""What the agencies give to the steps of a clearing month."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from django import forms
from django.db.models import Model, QuerySet

from matters.medical.clearing.differences import WAYS, open_differences
from matters.medical.clearing.disputes import open_disputes
from matters.medical.models import (
    ClearingLine,
    ClearingMonth,
    Difference,
    Institution,
    LineDispute,
    Settlement,
)
from workflows.cases.act import Act, Situation
from workflows.cases.forms import ReasonForm, StepForm
from workflows.cases.perform import InvalidData

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

SIDES = ("treated", "insured")
RESOLUTIONS = [(r.value, r.label) for r in Difference.Resolution if r != "agreed"]


def month_of(case: Flow) -> ClearingMonth:
    """The month that a case is about. One statement."""
    return ClearingMonth.objects.get(pk=case.facts["month_id"])


def month_if_any(case: Flow) -> ClearingMonth | None:
    """The same, None for a case that is not kept (the table of rights makes such up)."""
    month_id = case.facts.get("month_id")
    return None if month_id is None else ClearingMonth.objects.filter(pk=month_id).first()


def sides_of(situation: Situation) -> set[str]:
    """For which of the two agencies somebody acts: mostly one, both where one person works at both."""
    at = situation.actor.desks | situation.actor.heads
    return {side for side in SIDES if situation.case.office_of(side) in at}


def refuse(act: Act, sentence: str) -> NoReturn:
    """What the books refuse goes back to whoever asked, on the step's own form; nothing is kept."""
    declared = act.step.form or StepForm
    typed = {name: _typed(value) for name, value in act.data.items()}
    form = declared(typed, situation=act.situation)  # type: ignore[call-arg]
    form.is_valid()
    form.add_error(None, sentence)
    raise InvalidData(form)


def _typed(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


class DifferenceChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.day} {obj.institution.name} {obj.setl_id} {obj.get_kind_display()}"


class DisputeChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        held = abs(obj.line.counted)
        return f"{obj.line.origin.setl_id}（{held:,.2f} 元）：{obj.reason[:40]}"


class DifferenceForm(StepForm):
    """One difference and how it is settled. One statement for the choice."""

    difference = DifferenceChoice(
        label="对账差异",
        queryset=Difference.objects.none(),
        error_messages={"required": "请选择差异", "invalid_choice": "这条差异已处理"},
    )
    resolution = forms.ChoiceField(
        label="处理方式", choices=RESOLUTIONS, error_messages={"required": "请选择处理方式"}
    )
    note = forms.CharField(
        label="处理说明", max_length=900, error_messages={"required": "请写明处理说明"}
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        if situation.case.facts.get("month_id"):
            _offer(self, "difference", open_differences(month_of(situation.case)))

    def clean(self) -> dict[str, Any]:
        kept = super().clean() or {}
        difference, resolution = kept.get("difference"), kept.get("resolution")
        if difference and resolution and resolution not in WAYS[difference.kind]:
            self.add_error("resolution", "仅医院有的，参保地没有账可认：请医院重传，或撤销")
        return kept


class LineForm(StepForm):
    """A line of this month that is not accepted, by its settlement number."""

    setl_id = forms.CharField(
        label="结算编号", max_length=30, error_messages={"required": "请填写结算编号"}
    )
    sign = forms.TypedChoiceField(
        label="哪一笔",
        choices=[("1", "结算"), ("-1", "撤销、退费")],
        coerce=int,
        initial="1",
        error_messages={"required": "请选择结算还是撤销"},
    )
    reason = forms.CharField(
        label="争议理由",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明争议理由"},
    )

    def clean(self) -> dict[str, Any]:
        """One statement."""
        kept = super().clean() or {}
        found = ClearingLine.objects.filter(
            month_id=self.situation.case.facts.get("month_id"),
            origin__setl_id=kept.get("setl_id", ""),
            sign=kept.get("sign") or 1,
            status=ClearingLine.Status.OPEN,
        ).first()
        if found is None and not self.errors:
            self.add_error("setl_id", "本月待申报的明细里没有这一笔，或它已在争议中")
        return kept | {"line": found}


class DisputeForm(StepForm):
    """One open dispute of the month. One statement for the choice, two where sides matter."""

    own: bool | None = None
    dispute = DisputeChoice(
        label="争议",
        queryset=LineDispute.objects.none(),
        error_messages={"required": "请选择争议", "invalid_choice": "没有这项待您处理的争议"},
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        if not situation.case.facts.get("month_id"):
            return
        rows = open_disputes(month_of(situation.case)).select_related("line__origin")
        if self.own is not None:
            mine = sides_of(situation)
            rows = rows.filter(side__in=mine) if self.own else rows.exclude(side__in=mine)
        _offer(self, "dispute", rows.order_by("id"))


class EvidenceForm(DisputeForm):
    evidence = forms.CharField(
        label="举证说明",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明举证内容"},
    )


class TakeOffForm(DisputeForm):
    """争议成立: agreed to by the side that did not raise it."""

    own = False
    excluded = forms.DecimalField(
        label="剔除金额（元）",
        required=False,
        max_digits=14,
        decimal_places=2,
        min_value=Decimal("0.01"),
        help_text="不填的全部剔除；填写的按此金额调整，其余照付。",
    )
    decision = forms.CharField(
        label="结论", max_length=1000, error_messages={"required": "请写明结论"}
    )


class PayLineForm(DisputeForm):
    """争议不成立: given up by the side that raised it."""

    own = True
    decision = forms.CharField(
        label="结论", max_length=1000, error_messages={"required": "请写明结论"}
    )


class DeclareForm(StepForm):
    """就医地 agency and its hospitals have agreed the month's lines."""

    agreed = forms.BooleanField(
        label="已与本地定点医药机构核对本月明细",
        error_messages={"required": "请先核对本月明细"},
    )


class DeductionForm(StepForm):
    institution = forms.CharField(
        label="定点医药机构编号", max_length=30, error_messages={"required": "请填写机构编号"}
    )
    amount = forms.DecimalField(
        label="扣款金额（元）",
        max_digits=14,
        decimal_places=2,
        min_value=Decimal("0.01"),
        error_messages={"required": "请填写扣款金额", "min_value": "扣款金额应大于 0"},
    )
    setl_id = forms.CharField(label="所涉结算编号", max_length=30, required=False)
    reason = forms.CharField(
        label="违规情形和依据",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明违规情形和依据"},
    )

    def clean_institution(self) -> Institution:
        """One statement."""
        here = self.situation.case.region_of("treated")[:2]
        found = Institution.objects.filter(
            code=self.cleaned_data["institution"], region__code__startswith=here
        ).first()
        if found is None:
            raise forms.ValidationError("就医地没有这家定点医药机构")
        return found

    def clean_setl_id(self) -> str:
        setl_id: str = self.cleaned_data["setl_id"]
        if setl_id and not Settlement.objects.filter(setl_id=setl_id).exists():
            raise forms.ValidationError("没有这个结算编号")
        return setl_id


class FinanceForm(StepForm):
    reference = forms.CharField(
        label="财政申请文号", max_length=40, error_messages={"required": "请填写申请文号"}
    )


class MoneyForm(StepForm):
    """Money on its way: so much, by which voucher. Its form says how much it has to be."""

    amount = forms.DecimalField(
        label="划拨金额（元）",
        max_digits=14,
        decimal_places=2,
        error_messages={"required": "请填写划拨金额"},
    )
    voucher = forms.CharField(
        label="凭证号", max_length=40, error_messages={"required": "请填写凭证号"}
    )


class PaymentForm(MoneyForm):
    """The amount is the statement's, to the fen."""

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        owed = abs(Decimal(self.situation.case.facts.get("payable", "0")))
        if amount != owed:
            raise forms.ValidationError(f"应划拨 {owed:,.2f} 元，须与清算单一致")
        return amount


class ArrivalForm(StepForm):
    """What really arrived, as the bank says: another amount is kept and named, not refused."""

    amount = forms.DecimalField(
        label="到账金额（元）",
        max_digits=14,
        decimal_places=2,
        min_value=Decimal("0.01"),
        error_messages={"required": "请填写到账金额", "min_value": "到账金额应大于 0"},
    )
    voucher = forms.CharField(
        label="到账凭证号", max_length=40, error_messages={"required": "请填写凭证号"}
    )


class ContestForm(ReasonForm):
    """An objection to a statement: it and the signatures under it become void."""


def _offer(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows
