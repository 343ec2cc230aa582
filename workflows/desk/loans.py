"""异地贷款 at a centre: first those whose account bears no mark, then those that live, lent here or secured here.

What lacks its mark is shown to both centres until it is put right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from matters.housing_fund.marks import unmarked
from matters.housing_fund.models import Account, Borrower, Loan
from tongban.accounts.actors import Actor
from tongban.offices.models import Office
from workflows.cases.models import Case
from workflows.cases.places import office_cards, office_name

from .door import for_staff

A_PAGE = 50
KIND = "housing_fund"
UNMARKED, LENT, SECURED = "unmarked", "lent", "secured"
VIEWS = {UNMARKED: "未标记", LENT: "本中心放款", SECURED: "本中心缴存"}
KINDS = {
    Loan.State.REPAYING: "info",
    Loan.State.OVERDUE: "bad",
    Loan.State.COLLECTING: "bad",
    Loan.State.SETTLED: "done",
}
LONGEST_KEY = 18


@dataclass(frozen=True)
class Row:
    """One loan with the account that secures it. case_number: "" where whoever looks has no part in its case."""

    loan: Loan
    account: Account
    loan_centre: str
    deposit_centre: str
    kind: str
    case_number: str

    @property
    def is_closed(self) -> bool:
        return self.account.status == Account.Status.CLOSED


@for_staff
@require_safe
def loans(request: HttpRequest, actor: Actor) -> HttpResponse:
    """`view` is one of VIEWS, `before` where its page begins. Five statements when warm."""
    centres = _centres(actor)
    missing = unmarked().filter(Q(loan__centre__in=centres) | Q(account__centre__in=centres))
    count = missing.count()
    view = request.GET.get("view", "")
    if view not in VIEWS:
        view = UNMARKED if count else LENT
    # Of the alarms the oldest come first, of what goes on the newest.
    rows = missing if view == UNMARKED else _living(view, centres)
    found = list(_after(rows, request.GET.get("after", ""), view)[: A_PAGE + 1])
    shown = found[:A_PAGE]
    context: dict[str, Any] = {
        "view": view,
        "view_name": VIEWS[view],
        "rows": _rows(shown, centres),
        "count": count,
        "tabs": [_tab(code, view, count) for code in VIEWS],
        "previous": f"?view={view}" if request.GET.get("after") else None,
        "next": _next(view, shown) if len(found) > A_PAGE else None,
    }
    return render(request, "desk/loans.html", context)


def _tab(code: str, view: str, count: int) -> dict[str, Any]:
    shown = count if code == UNMARKED else None
    return {"href": f"?view={code}", "text": VIEWS[code], "count": shown, "current": code == view}


def _living(view: str, centres: Sequence[int]) -> QuerySet[Borrower]:
    """Not settled, of one city with the account in another."""
    side = "loan__centre__in" if view == LENT else "account__centre__in"
    rows = Borrower.objects.filter(**{side: centres}).exclude(loan__state=Loan.State.SETTLED)
    rows = rows.exclude(account__centre=F("loan__centre")).select_related("loan", "account")
    return rows.order_by("-pk")


def _after(rows: QuerySet[Borrower], place: str, view: str) -> QuerySet[Borrower]:
    """From there on; from the beginning for anything that is no place."""
    key = int(place) if place.isascii() and place.isdigit() and len(place) < LONGEST_KEY else None
    if key is None:
        return rows
    if view != UNMARKED:
        return rows.filter(pk__lt=key)
    last = Borrower.objects.filter(pk=key).values_list("loan__released_on", flat=True).first()
    if last is None:
        return rows
    return rows.filter(Q(loan__released_on__gt=last) | Q(loan__released_on=last, pk__gt=key))


def _next(view: str, shown: Sequence[Borrower]) -> str:
    return f"?{urlencode({'view': view, 'after': shown[-1].pk})}"


def _rows(found: Iterable[Borrower], centres: Sequence[int]) -> list[Row]:
    """One statement for whose case may be opened from here."""
    rows = list(found)
    office_cards(i for row in rows for i in (row.loan.centre_id, row.account.centre_id))
    numbers = [row.loan.case_number for row in rows if row.loan.case_number]
    cases = Case.objects.filter(number__in=numbers, office_ids__overlap=list(centres))
    may_open = set(cases.values_list("number", flat=True))
    return [
        Row(
            row.loan,
            row.account,
            office_name(row.loan.centre_id),
            office_name(row.account.centre_id),
            KINDS[Loan.State(row.loan.state)],
            row.loan.case_number if row.loan.case_number in may_open else "",
        )
        for row in rows
    ]


def _centres(actor: Actor) -> list[int]:
    """Of the actor's own offices, or of the provinces they supervise. One statement. Raises Http404."""
    mine = Q(pk__in=sorted(actor.desks | actor.heads))
    seen = mine | Q(region__province__in=sorted(actor.supervises))
    centres = list(Office.objects.filter(seen, kind=KIND).values_list("pk", flat=True))
    if not centres:
        raise Http404
    return centres
