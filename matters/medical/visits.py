"""What visits come to: sums of their fee lines, and who lies where. Readers only; steps of cases write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from .models import FeeLine, Visit

# 医疗收费项目类别 (national code list, recalled: 2023 manual of the interface).
CHARGE_TYPES = {
    "01": "床位费",
    "02": "诊察费",
    "03": "检查费",
    "04": "化验费",
    "05": "治疗费",
    "06": "手术费",
    "07": "护理费",
    "08": "卫生材料费",
    "09": "西药费",
    "10": "中药饮片费",
    "11": "中成药费",
    "12": "一般诊疗费",
    "13": "挂号费",
    "14": "其他费",
}
PARTS = {
    "medfee_sumamt": "det_item_fee_sumamt",
    "fulamt_ownpay_amt": "fulamt_ownpay_amt",
    "overlmt_selfpay": "overlmt_amt",
    "preselfpay_amt": "preselfpay_amt",
    "inscp_scp_amt": "inscp_scp_amt",
}


@dataclass(frozen=True)
class ChargeType:
    """大类费用: the lines of one kind of charge together."""

    name: str
    count: int
    amount: Decimal
    in_scope: Decimal


def fee_sums(visit_id: int) -> dict[str, Decimal]:
    """The four-way split of the live lines and their total, by national names. One statement."""
    sums = _live(visit_id).aggregate(**{name: Sum(column) for name, column in PARTS.items()})
    return {name: sums[name] or Decimal("0.00") for name in PARTS}


def charge_types(visit_id: int) -> Sequence[ChargeType]:
    """One statement."""
    rows = (
        _live(visit_id)
        .values("med_chrgitm_type")
        .annotate(count=Count("id"), amount=Sum("det_item_fee_sumamt"), scope=Sum("inscp_scp_amt"))
        .order_by("med_chrgitm_type")
    )
    return [
        ChargeType(
            CHARGE_TYPES.get(row["med_chrgitm_type"], row["med_chrgitm_type"]),
            row["count"],
            row["amount"],
            row["scope"],
        )
        for row in rows
    ]


def stays_of(insured_id: int, *, besides: str = "") -> list[Visit]:
    """The stay that is open now, wherever it is, unless it is the visit `besides`. One statement."""
    rows = Visit.objects.filter(insured_id=insured_id, is_admitted=True)
    return list(rows.exclude(mdtrt_id=besides).select_related("institution"))


def is_admitted_at(insured_id: int, place: str) -> bool:
    """Whether the person has an open stay at that place of filing: 重庆 whole or a 四川 city."""
    width = 2 if place.endswith("0000") else 4
    at_place = Q(institution__region__code__startswith=place[:width])
    return Visit.objects.filter(at_place, insured_id=insured_id, is_admitted=True).exists()


def _live(visit_id: int) -> QuerySet[FeeLine]:
    return FeeLine.objects.filter(visit_id=visit_id, cancelled_at=None)
