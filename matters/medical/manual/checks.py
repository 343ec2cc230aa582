"""What speaks against a claim by hand, as the registers and the ledger say it: medical.md §6."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from matters.medical.filing import benefit_standing
from matters.medical.models import Institution, Insured, Settlement
from matters.medical.rules import RuleBook
from tongban.accounts.personal import blind_index
from tongban.templatetags.formats import zh_date, zh_money

from .deadline import last_day_to_claim
from .invoices import Invoice, claimed_elsewhere, total_of
from .refusals import (
    ALREADY_SETTLED,
    AMOUNT_MISMATCH,
    BENEFIT_FROZEN,
    DUP_INVOICE,
    LATE,
    NOT_DESIGNATED,
    NOT_INSURED_ON_DATE,
    THIRD_PARTY,
    Finding,
)

# Why somebody was treated; what basic insurance does not pay for goes another way.
ILLNESS, ACCIDENT, WORK, MATERNITY, ABROAD = "illness", "accident", "work", "maternity", "abroad"
ELSEWHERE = {
    WORK: "因工受伤的费用由工伤保险支付，基本医保不支付。",
    MATERNITY: "生育的医疗费用按生育医疗费支付另行申请。",
    ABROAD: "在境外就医的费用，基本医保不支付。",
}


@dataclass(frozen=True)
class Claim:
    """What is claimed, as it was handed in or as a clerk has verified it. Amounts in yuan.

    pool: the 统筹区 that insures, treated_at: that of the place of treatment. institution: the 定点
    institution, None if none is known. late_reason: the special reason that the agency accepts for a
    late claim, "" if none.
    """

    patient_id: str
    pool: str
    treated_at: str
    visit: str
    began_on: dt.date
    ended_on: dt.date
    claimed_on: dt.date
    cause: str
    has_liable_party: bool
    is_emergency: bool
    invoices: tuple[Invoice, ...]
    list_total: Decimal
    institution: Institution | None
    case_number: str
    visit_number: str = ""
    late_reason: str = ""


def insured_in(pool: str, id_number: str, on: dt.date) -> Insured | None:
    """The person's cover in that pool on the day, or the one they had last there. One statement."""
    index = blind_index(id_number, "id_number")
    rows = Insured.objects.filter(id_number_index=index, pool_id=pool, valid_from__lte=on)
    return rows.select_related("pool").order_by("-valid_from", "-id").first()


def findings(claim: Claim, *, book: RuleBook) -> list[Finding]:
    """Every ground that holds, in the order of medical.md §6. Six statements at most."""
    insured = insured_in(claim.pool, claim.patient_id, claim.ended_on)
    return [
        *_claimed_before(claim),
        *_settled_already(claim, insured),
        *_cover(claim, insured),
        *_late(claim, book),
        *_somebody_elses(claim),
        *_not_designated(claim),
        *_amounts_differ(claim),
    ]


def _claimed_before(claim: Claim) -> Iterator[Finding]:
    for row in claimed_elsewhere(claim.invoices, case_number=claim.case_number):
        yield duplicate(row.tail, row.case_number, row.office.name, row.office_id)


def duplicate(tail: str, first_case: str, office: str, office_id: int) -> Finding:
    """An invoice that another case claims already."""
    return Finding(
        DUP_INVOICE,
        f"尾号 {tail} 的发票已在办件 {first_case}（{office}）申报，不能重复报销。",
        {"first_case": first_case, "first_office": office_id},
    )


def _settled_already(claim: Claim, insured: Insured | None) -> Iterator[Finding]:
    """A live direct settlement of the same visit; a reversed one stands in nobody's way."""
    if insured is None:
        return
    live = Settlement.objects.live().filter(
        insured=insured,
        kind="direct",
        visit=claim.visit,
        on__range=(claim.began_on, claim.ended_on),
    )
    if claim.institution is not None:
        live = live.filter(institution=claim.institution)
    if (first := live.order_by("id").first()) is not None:
        yield Finding(
            ALREADY_SETTLED,
            f"这次就医已于{zh_date(first.on)}直接结算（结算编号 {first.setl_id}），不能再报销。",
            {"setl_id": first.setl_id},
        )


def _cover(claim: Claim, insured: Insured | None) -> Iterator[Finding]:
    if insured is None:
        yield Finding(
            NOT_INSURED_ON_DATE, f"在所选参保地没有查到{zh_date(claim.ended_on)}以前的参保登记。"
        )
        return
    for day in dict.fromkeys((claim.ended_on, claim.began_on)):
        benefit = benefit_standing(insured=insured, on=day)
        if benefit.status == "not_insured":
            yield Finding(NOT_INSURED_ON_DATE, benefit.sentence)
            return
        if not benefit.may_claim_by_hand:
            yield Finding(BENEFIT_FROZEN, benefit.sentence)
            return


def _late(claim: Claim, book: RuleBook) -> Iterator[Finding]:
    last = last_day_to_claim(claim.pool, claim.ended_on, book=book)
    if last is None:
        return
    until = last.special if claim.late_reason else last.usual
    if until is not None and claim.claimed_on > until:
        doubt = "" if last.row.certainty == "certain" else "（期限待核实）"
        yield Finding(
            LATE,
            f"按参保地的规定最迟应于{zh_date(until)}申报{doubt}，{zh_date(claim.claimed_on)}才提交。",
            {"deadline": until.isoformat(), "certainty": last.row.certainty},
        )


def _somebody_elses(claim: Claim) -> Iterator[Finding]:
    if claim.cause in ELSEWHERE:
        yield Finding(THIRD_PARTY, ELSEWHERE[claim.cause])
    elif claim.cause == ACCIDENT and claim.has_liable_party:
        yield Finding(THIRD_PARTY, "外伤有应当负担费用的第三人，基本医保不支付。")


def _not_designated(claim: Claim) -> Iterator[Finding]:
    if claim.institution is None and not claim.is_emergency:
        yield Finding(NOT_DESIGNATED, "在就医地没有查到这家定点医药机构，也没有说明是急诊抢救。")


def _amounts_differ(claim: Claim) -> Iterator[Finding]:
    total = total_of(claim.invoices)
    if total != claim.list_total:
        yield Finding(
            AMOUNT_MISMATCH,
            f"费用清单合计 {zh_money(claim.list_total)}，发票合计 {zh_money(total)}，两者不一致。",
        )
