"""How filings are made. The person's row is taken first: two at once come one after the other.

Called inside the step of a case (or of a visit), in its transaction.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from matters.medical.models import Filing, Insured

from .cover import benefit_standing
from .ending import expire_due, hold, locked, supersede, why_it_stays
from .names import filing_words, place_name
from .places import place_of
from .readers import standing_filings
from .refusals import FilingRefused
from .terms import Terms, terms_for

if TYPE_CHECKING:
    from matters.medical.rules import RuleBook


def register(
    *,
    insured_id: int,
    kind: str,
    destination: str,
    on_promise: bool,
    on: date,
    at: datetime,
    case_key: str,
    since: date | None = None,
    may_replace: bool = True,
    book: RuleBook | None = None,
) -> Filing:
    """File `kind` to `destination` (any region code in it), as the rules of the person's pool have it.

    on: the day on which it is written. since: the day from which it holds, where that was earlier (it
    was handed in then). What it takes the place of is superseded (`replaced_by`), to another place only
    if `may_replace`. The same case key gives the same filing. Raises FilingRefused (not_insured, frozen,
    own_place, already_filed, filed_elsewhere, locked, admission_open), NoPlace, RuleMissing. Ten
    statements at most, one more for each filing that ends.
    """
    place, from_on = place_of(destination), since or on
    with transaction.atomic():
        insured = hold(insured_id)
        known = Filing.objects.filter(case_key=case_key).first() if case_key else None
        if known is not None:
            return known
        expire_due(on=on, insured_id=insured_id)
        terms = terms_for(insured, kind=kind, on_promise=on_promise, on=from_on, book=book)
        active = standing_filings(insured, on=on)
        refused = _refused(insured, kind, place, active, terms, on, may_replace=may_replace)
        if refused is not None:
            raise refused
        replaced = replaced_by(place, active, terms)
        supersede(filings=replaced, on=on, reason=f"已另行备案到{place_name(place)}")
        return Filing.objects.create(
            insured=insured,
            kind=kind,
            destination_id=place,
            is_on_promise=on_promise,
            valid_from=from_on,
            valid_to=terms.valid_to,
            locked_until=terms.locked_until,
            filed_at=at,
            case_key=case_key,
            rules=terms.rules,
        )


def why_not_filed(
    *,
    insured: Insured,
    kind: str,
    destination: str,
    on_promise: bool,
    on: date,
    may_replace: bool = True,
    book: RuleBook | None = None,
) -> FilingRefused | None:
    """What `register` would raise on that day, beforehand. Three statements. Raises NoPlace, RuleMissing."""
    terms = terms_for(insured, kind=kind, on_promise=on_promise, on=on, book=book)
    active = standing_filings(insured, on=on)
    place = place_of(destination)
    return _refused(insured, kind, place, active, terms, on, may_replace=may_replace)


def _refused(
    insured: Insured,
    kind: str,
    place: str,
    active: list[Filing],
    terms: Terms,
    on: date,
    *,
    may_replace: bool,
) -> FilingRefused | None:
    if place == insured.pool_id:
        return FilingRefused("own_place", "备案地就是参保地：在参保地就医不用备案。")
    benefit = benefit_standing(insured=insured, on=on)
    if not benefit.is_ok:
        return FilingRefused(benefit.status, benefit.sentence)
    replaced = replaced_by(place, active, terms)
    reasons = (
        why_it_is_not_changed(row, kind, on)
        if row.destination_id == place
        else why_it_stays(row, on)
        for row in replaced
    )
    refused = next((refused for refused in reasons if refused is not None), None)
    return refused or (None if may_replace else _not_agreed(place, replaced))


def _not_agreed(place: str, replaced: list[Filing]) -> FilingRefused | None:
    """Nobody loses a filing to another place without having said so."""
    lost = [row for row in replaced if row.destination_id != place]
    if not lost:
        return None
    return FilingRefused(
        "filed_elsewhere",
        f"现有备案：{filing_words(lost[0])}。没有查到参保地允许同时备案几个地方的规定，"
        "要改备案到新的地方，请同意由新备案取代原备案。",
    )


def why_it_is_not_changed(filing: Filing, kind: str, on: date) -> FilingRefused | None:
    """What forbids filing anew to the same place: there is as much already, or it is locked. No SQL.

    An open admission is no obstacle here: the place stays filed, and who files before 出院结算 may.
    """
    is_settled = filing.kind in Filing.LONG_TERM_KINDS
    if is_settled and (filing.kind == kind or kind not in Filing.LONG_TERM_KINDS):
        return FilingRefused("already_filed", f"已经备案：{filing_words(filing)}，不用再办。")
    return locked(filing, on)


def replaced_by(place: str, active: list[Filing], terms: Terms) -> list[Filing]:
    """The active filings that a new one to `place` takes the place of.

    The one to the same place always; those to other places unless home rules allow several at once.
    """
    return [row for row in active if row.destination_id == place or not terms.several_places]


def deem_filed(
    *, insured: Insured, destination: str, visit_key: str, on: date, at: datetime
) -> Filing:
    """视同备案: an emergency counts as filed for the one visit `visit_key`; twice gives the same row.

    It replaces nothing and stands beside any filing. Raises FilingRefused (own_place), NoPlace.
    """
    place = place_of(destination)
    if place == insured.pool_id:
        raise FilingRefused("own_place", "在参保地急诊，不用备案。")
    filing, _ = Filing.objects.get_or_create(
        insured=insured,
        visit_key=visit_key,
        defaults={
            "kind": Filing.Kind.EMERGENCY,
            "destination_id": place,
            "valid_from": on,
            "filed_at": at,
        },
    )
    return filing
