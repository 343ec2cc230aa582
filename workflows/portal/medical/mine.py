"""我的医保: filings, settlements and reimbursements, one's own and of those one acts for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from matters.catalogue.pinned import definition_of
from matters.catalogue.regions import region_name
from matters.medical.filing import benefit_standing, filings_of, in_force
from matters.medical.filing.names import validity_words
from matters.medical.models import Filing, Insured, Settlement, VisitKind
from matters.medical.rules import rule_book
from tongban.accounts.models import User
from tongban.offices.models import Region
from tongban.templatetags.formats import zh_date
from workflows.cases.access import own_cases
from workflows.cases.flow import Flow
from workflows.portal.own.standing import tag_of

from .answer import CLAIM, FILE, matters_of
from .people import ME, Person, people_of

A_PAGE = 10
MOST_FILINGS = 20
MOST_CLAIMS = 10
KINDS = {
    Filing.State.ACTIVE: "good",
    Filing.State.EXPIRED: "",
    Filing.State.CANCELLED: "",
    Filing.State.SUPERSEDED: "",
    Filing.State.VOID: "bad",
}


@dataclass(frozen=True)
class FilingRow:
    title: str
    state: str
    kind: str
    until: str
    change: str
    number: str


@dataclass(frozen=True)
class SettlementRow:
    setl_id: str
    on: dt.date
    where: str
    visit: str
    said: str
    total: Any
    fund: Any
    cash: Any


@dataclass(frozen=True)
class ClaimRow:
    number: str
    matter: str
    who: str
    tag: str
    kind: str
    opened_at: dt.datetime


@require_safe
@never_cache
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """`who`: whose (me, or a key of people_of); `after`: where settlements go on. Thirteen statements at most."""
    user, today = cast(User, request.user), timezone.localdate()
    people = people_of(user, today)
    person = next((p for p in people if p.key == request.GET.get("who", ME)), None)
    if person is None:
        raise Http404
    context: dict[str, Any] = {
        "crumbs": [("/", "首页"), ("/medical/", "去外地看病")],
        "person": person,
        "people": [_option(each, person) for each in people] if len(people) > 1 else [],
        "claims": claims_of(user, today),
    }
    if person.insured is not None:
        context |= _of(user, person, person.insured, today, request.GET.get("after", ""))
    return render(request, "portal/medical/mine.html", context)


def _of(user: User, person: Person, cover: Insured, today: dt.date, after: str) -> dict[str, Any]:
    index = cover.id_number_index or ""
    shown = list(settlements_of({index}, after=after)[: A_PAGE + 1])
    more = len(shown) > A_PAGE
    base = {} if person.is_me else {"who": person.key}
    following = urlencode(base | {"after": str(shown[A_PAGE - 1].pk)}) if more else ""
    return {
        "cover": _cover_rows(cover),
        "benefit": benefit_standing(insured=cover, on=today),
        "filings": _filing_rows(cover, user, today),
        "filing_matter": matters_of((FILE,), today).get(FILE),
        "settlements": _settlement_rows(shown[:A_PAGE]),
        "next": f"?{following}" if more else None,
        "previous": f"?{urlencode(base)}" if after else None,
    }


def _filing_rows(cover: Insured, user: User, today: dt.date) -> list[FilingRow]:
    """Those in force first, each group with the newest first. Two statements.

    The case that decided one is led to where the user has a part in it: there it is cancelled.
    """
    rows = list(filings_of(cover)[:MOST_FILINGS])
    keys = [row.case_key for row in rows if row.case_key]
    open_to = set(
        own_cases(user.pk, on=today).filter(number__in=keys).values_list("number", flat=True)
    )
    rows.sort(key=lambda row: row.state != Filing.State.ACTIVE)
    return [_filing_row(row, today, has_case=row.case_key in open_to) for row in rows]


def settlements_of(indexes: set[str], *, after: str = "") -> QuerySet[Settlement]:
    """Entries of these people's covers, old ones too, the newest first. One statement."""
    rows = Settlement.objects.filter(insured__id_number_index__in=indexes)
    if after.isascii() and after.isdigit() and len(after) <= 18:
        rows = rows.filter(Q(pk__lt=int(after)))
    found: QuerySet[Settlement] = (
        rows.with_standing().select_related("institution", "insured").order_by("-pk")
    )
    return found


def claims_of(user: User, today: dt.date) -> list[ClaimRow]:
    """手工报销 that the person has a part in, the newest first. One statement."""
    cases = own_cases(user.pk, on=today).filter(flow=CLAIM).select_related("matter")
    return [_claim_row(cast(Flow, case)) for case in cases[:MOST_CLAIMS]]


def _option(each: Person, chosen: Person) -> dict[str, Any]:
    href = "/medical/mine/" if each.is_me else f"/medical/mine/?{urlencode({'who': each.key})}"
    text = "我本人" if each.is_me else f"{each.name}（代办）"
    return {"href": href, "text": text, "current": each.key == chosen.key}


def class_words(cover: Insured) -> str:
    """'职工 · 在职' as the pool's rule file calls it; the type alone where it has none."""
    pool = rule_book().pools.get(cover.pool_id)
    known = pool.classes.get(cover.insured_type, {}) if pool else {}
    named = known.get(cover.person_class, "")
    kind = f"{cover.get_insured_type_display()}医保"
    return f"{kind} · {named}" if named else kind


def _cover_rows(cover: Insured) -> list[dict[str, Any]]:
    until = f"至{zh_date(cover.valid_to)}前" if cover.valid_to else "至今"
    rows = [
        ("参保地", region_name(cover.pool_id)),
        ("险种", class_words(cover)),
        ("参保时间", f"{zh_date(cover.valid_from)}{until}"),
    ]
    if cover.insured_type == Insured.Type.EMPLOYEE:
        rows.append(("个人账户余额", f"{cover.account_balance:,.2f}元"))
    return [{"key": key, "value": value} for key, value in rows]


def _filing_row(row: Filing, today: dt.date, *, has_case: bool) -> FilingRow:
    state = Filing.State(row.state)
    holds = state == Filing.State.ACTIVE and (in_force(row, today) or row.valid_from > today)
    words = state.label if holds or state != Filing.State.ACTIVE else Filing.State.EXPIRED.label
    ended = f"；{zh_date(row.ended_on)}起不再有效：{row.end_reason}" if row.ended_on else ""
    return FilingRow(
        title=f"{row.get_kind_display()} → {row.destination.name}",
        state=words,
        kind=KINDS[state] if holds or state != Filing.State.ACTIVE else "",
        until=f"{validity_words(row)}{ended}",
        change=_change(row, today) if holds else "",
        number=row.case_key if has_case else "",
    )


def _change(row: Filing, today: dt.date) -> str:
    if row.kind == Filing.Kind.EMERGENCY:
        return "视同备案，只对这一次就医有效，不用取消。"
    if row.locked_until is not None and today < row.locked_until:
        return f"以告知承诺方式办理，{zh_date(row.locked_until)}起才能变更或取消。"
    return "要去别的地方，重新备案就会取代这一项；不需要了，就取消它。"


def _settlement_rows(rows: list[Settlement]) -> list[SettlementRow]:
    """One statement: the places of those that no hospital of ours stands for."""
    codes = {row.treated_at for row in rows if row.institution is None}
    places = dict(Region.objects.filter(pk__in=codes).values_list("code", "full_name"))
    return [_settlement_row(row, places.get(row.treated_at, row.treated_at)) for row in rows]


def _settlement_row(row: Settlement, place: str) -> SettlementRow:
    said = row.get_cause_display() if row.sign < 0 else ""
    if getattr(row, "is_taken_back", False):
        said = "已撤销"
    return SettlementRow(
        setl_id=row.setl_id,
        on=row.on,
        where=row.institution.name if row.institution else place,
        visit=f"{VisitKind(row.visit).label} · {Settlement.Kind(row.kind).label}",
        said=said,
        total=row.medfee_sumamt,
        fund=row.fund_pay_sumamt,
        cash=row.psn_part_amt,
    )


def _claim_row(case: Flow) -> ClaimRow:
    tag, kind = tag_of(case, case.state_label(definition_of(case.version_id)))
    return ClaimRow(case.number, case.matter.name, case.applicant_name, tag, kind, case.opened_at)
