"""One month: sums, the second tier, the statement and who signed it, differences, disputes, both books."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from matters.catalogue.pinned import definition_of
from matters.catalogue.regions import region_choices, region_name
from matters.medical.clearing.advance import lamp
from matters.medical.clearing.differences import open_differences
from matters.medical.clearing.money import Balance, balances
from matters.medical.clearing.months import first_day, month_name
from matters.medical.clearing.statements import Total, totals
from matters.medical.clearing.terms import known_terms
from matters.medical.clearing.tracing import books_differ
from matters.medical.models import (
    ClearingLine,
    ClearingMonth,
    Deduction,
    LineDispute,
    MoneyEntry,
    Side,
    Signature,
    Statement,
)
from tongban.accounts.actors import Actor
from workflows.cases.act import Situation
from workflows.cases.common_steps import CommonSteps
from workflows.cases.family import children_of
from workflows.cases.flow import Flow
from workflows.cases.opinion_steps import OpinionSteps
from workflows.cases.places import office_cards
from workflows.cases.rating_steps import RatingSteps
from workflows.cases.situations import situation_for
from workflows.cases.verdicts import Verdict, why_not

from ..door import for_staff
from ..time_left import last_day
from ..words import light_shown
from .door import month_seen
from .words import LAMPS, fund_word, pair_word, type_word

# A page shows so many of each; the whole list is the lines' own page.
SHOWN = 20


@dataclass(frozen=True)
class TotalRow:
    pool: str
    pool_code: str
    insured_type: str
    type_code: str
    fund: str
    lines: int
    amount: Decimal


@dataclass(frozen=True)
class SignatureRow:
    """One side of the statement in force. href: its signing case, for those who may open it."""

    side: str
    office: str
    signature: Signature | None
    href: str


@dataclass(frozen=True)
class BalanceRow:
    side: str
    account: str
    insured_type: str
    fund: str
    amount: Decimal


@for_staff
@require_safe
def month(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """About twenty-five statements, whatever the month holds."""
    case, row = month_seen(actor, number)
    return render(request, "desk/clearing/month.html", context_of(case, row, actor))


def context_of(case: Flow, row: ClearingMonth, actor: Actor) -> dict[str, Any]:
    situation = situation_for(case, actor)
    # Read at once, so that no name costs a statement of its own.
    region_choices("pool")
    sums = totals(row.lines.all())
    statement = Statement.objects.filter(month=row, voided_at=None).first()
    differences, disputes = _first(open_differences(row)), _first(_disputes(row))
    now = timezone.now()
    return {
        "case": case,
        "month": row,
        "name": month_name(row.month),
        "pair": pair_word(*row.pair),
        "state": case.state_label(definition_of(case.version_id)),
        "light": light_shown(case, case.light(now)),
        "due_on": last_day(case.due_at) if case.due_at else None,
        "holder": _office(case.holder_office_id),
        "rows": [_total_row(total) for total in sums],
        "sum": sum((total.amount for total in sums), Decimal(0)),
        "cities": _by_city(sums),
        "counts": _counts(row),
        "statement": statement,
        "voided": row.statements.exclude(voided_at=None).order_by("version"),
        "signatures": _signatures(case, statement, actor),
        "differences": differences,
        "disputes": disputes,
        "deductions": _first(Deduction.objects.filter(month=row).select_related("institution")),
        "balances": [_balance_row(each) for each in balances(MoneyEntry.objects.filter(month=row))],
        "named": books_differ(row)[:SHOWN],
        "lamp": (held := lamp(row.pair, timezone.localdate())),
        "lamp_word": LAMPS[held.colour],
        "steps": _steps(situation),
        "waits": _waits(situation),
        "terms": known_terms(first_day(row.month)),
    }


def _first(rows: Any) -> list[Any]:
    return list(rows[:SHOWN])


def _disputes(row: ClearingMonth) -> Any:
    mine = LineDispute.objects.filter(line__month=row) | LineDispute.objects.filter(raised_in=row)
    return mine.select_related("line__origin", "line__month").order_by("-raised_at", "-id")


def _counts(row: ClearingMonth) -> dict[str, int]:
    """Lines by standing, and those that came from an earlier month. One statement."""
    found: dict[str, int] = row.lines.aggregate(
        all=Count("pk"),
        late=Count("pk", filter=~Q(born_month=row.month)),
        **{status: Count("pk", filter=Q(status=status)) for status in ClearingLine.Status.values},
    )
    return found


def _total_row(total: Total) -> TotalRow:
    return TotalRow(
        pool=region_name(total.pool),
        pool_code=total.pool,
        insured_type=type_word(total.insured_type),
        type_code=total.insured_type,
        fund=fund_word(total.fund_pay_type),
        lines=total.lines,
        amount=total.amount,
    )


def _by_city(sums: Iterable[Total]) -> list[tuple[str, Decimal]]:
    """二级清算: what each 统筹区 of 四川 has in it."""
    found: dict[str, Decimal] = {}
    for total in sums:
        found[total.city] = found.get(total.city, Decimal(0)) + total.amount
    return [(region_name(code), amount) for code, amount in sorted(found.items())]


def _balance_row(balance: Balance) -> BalanceRow:
    return BalanceRow(
        side=Side(balance.side).label,
        account=MoneyEntry.Account(balance.account).label,
        insured_type=type_word(balance.insured_type),
        fund=fund_word(balance.fund_pay_type) if balance.fund_pay_type else "",
        amount=balance.amount,
    )


def _signatures(case: Flow, statement: Statement | None, actor: Actor) -> list[SignatureRow]:
    """Both sides of the statement in force. Two statements, none without it."""
    if statement is None:
        return []
    signed = {s.side: s for s in statement.signatures.select_related("signed_by", "office")}
    asked = {
        c.data["side"]: c for c in children_of(case.pk, kind="sign") if _is_asked(c, statement)
    }
    at = actor.desks | actor.heads
    rows = []
    for side in Side:
        child = asked.get(side.value)
        mine = child is not None and bool(set(child.office_ids) & at)
        rows.append(
            SignatureRow(
                side=str(side.label),
                office=_office(case.office_of(side.value)),
                signature=signed.get(side.value),
                href=f"/desk/{child.number}/" if child is not None and mine else "",
            )
        )
    return rows


def _is_asked(child: Flow, statement: Statement) -> bool:
    return bool(child.data.get("digest") == statement.digest)


def _steps(situation: Situation) -> list[Verdict]:
    """What this person can do now: the month's own steps, not those that every case has."""
    everyones = {*vars(CommonSteps), *vars(OpinionSteps), *vars(RatingSteps)}
    return [v for v in why_not(situation) if v.allowed and v.step.code not in everyones]


def _waits(situation: Situation) -> str:
    """Whose move it is, where it is somebody else's."""
    case = situation.case
    at = situation.actor.desks | situation.actor.heads
    if case.closed_at is not None or case.holder_office_id in at:
        return ""
    return _office(case.holder_office_id)


def _office(office_id: int | None) -> str:
    card = office_cards([office_id] if office_id else []).get(office_id or 0)
    return card.name if card else ""
