"""3201 and 3202: a hospital's day against the agency's books; what agrees, each visit is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

from django.utils import timezone

from matters.medical.clearing.reconciliation import (
    Reported,
    Totals,
    agency_lines,
    compare_details,
    compare_totals,
)
from matters.medical.models import Institution, VisitKind
from workflows.flows.medical_visit_ends import match_visits

from ..problems import Problem
from .door import Sender
from .schemas import In3201, In3202

# Whatever is older has been cleared, and the year with it.
LOOKS_BACK: Final = dt.timedelta(days=400)
CLR_TYPES: Final = {
    "11": VisitKind.OUTPATIENT,
    "14": VisitKind.CHRONIC,
    "21": VisitKind.INPATIENT,
    "41": VisitKind.PHARMACY,
}


def totals(sender: Sender, told: In3201) -> dict[str, Any]:
    """3201. Where all agrees, the day's visits are reconciled."""
    _not_ahead(told.stmt_begndate)
    said = [
        Totals(
            visit=_kind(each.clr_type),
            count=each.fixmedins_setl_cnt,
            medfee_sumamt=each.medfee_sumamt,
            fund_pay_sumamt=each.fund_pay_sumamt,
            acct_pay=each.acct_pay,
        )
        for each in told.details
    ]
    at = timezone.now()
    answer = compare_totals(
        institution=sender.institution, day=told.stmt_begndate, said=said, at=at
    )
    if answer.agrees:
        match_visits(_agreed(sender.institution, told.stmt_begndate, ()), at=at)
    codes = {visit: code for code, visit in CLR_TYPES.items()}
    return {
        "agrees": answer.agrees,
        "differing": [codes[VisitKind(visit)] for visit in answer.differing],
        "agency": [
            {
                "clr_type": codes[VisitKind(each.visit)],
                "fixmedins_setl_cnt": each.count,
                "medfee_sumamt": str(each.medfee_sumamt),
                "fund_pay_sumamt": str(each.fund_pay_sumamt),
                "acct_pay": str(each.acct_pay),
            }
            for each in answer.found
        ],
    }


def details(sender: Sender, told: In3202) -> dict[str, Any]:
    """3202. The differences that are left are the agencies' work items."""
    _not_ahead(told.stmt_begndate)
    lines = [
        Reported(
            setl_id=each.setl_id,
            sign=-1 if each.refd_setl_flag == "1" else 1,
            visit=_kind(each.clr_type),
            pool=each.insuplc_admdvs,
            medfee_sumamt=each.medfee_sumamt,
            fund_pay_sumamt=each.fund_pay_sumamt,
            acct_pay=each.acct_pay,
        )
        for each in told.lines
    ]
    at = timezone.now()
    left = compare_details(
        institution=sender.institution, day=told.stmt_begndate, lines=lines, at=at
    )
    differing = [each.setl_id for each in left]
    match_visits(_agreed(sender.institution, told.stmt_begndate, differing), at=at)
    return {
        "agrees": not left,
        "differences": [
            {
                "setl_id": each.setl_id,
                "sign": each.sign,
                "kind": each.kind,
                "kind_name": each.get_kind_display(),
                "hospital": each.hospital,
                "agency": each.agency,
            }
            for each in left
        ],
    }


def _agreed(institution: Institution, day: dt.date, differing: Iterable[str]) -> list[str]:
    """Settlements of the day that agree; one that a line of the same day took back has none to match."""
    open_ones = set(differing)
    return [
        line.setl_id
        for line in agency_lines(institution, day)
        if line.sign > 0 and line.setl_id not in open_ones
    ]


def _kind(clr_type: str) -> str:
    if clr_type not in CLR_TYPES:
        raise Problem(422, "clr_type", f"清算类别应为 {'、'.join(CLR_TYPES)} 之一")
    return CLR_TYPES[clr_type]


def _not_ahead(day: dt.date) -> None:
    today = timezone.localdate()
    if not today - LOOKS_BACK <= day <= today:
        raise Problem(422, "day", "对账日期还没有到，或早于一年以前")
