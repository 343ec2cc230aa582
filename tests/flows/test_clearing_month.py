"""A clearing month between 四川's agency and 重庆's: opened by the day, declared, signed, paid, closed."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from matters.medical.clearing import advance
from matters.medical.clearing.reconciliation import compare_details
from matters.medical.clearing.tracing import adds_up, books_differ
from matters.medical.models import (
    Advance,
    ClearingLine,
    ClearingMonth,
    Difference,
    Settlement,
    Signature,
    Statement,
)
from tests.medical.clearing_lines import (
    TO_CHONGQING,
    clinic,
    hospital_agrees,
    noon,
    reported,
    settled,
    taken_back,
)
from tests.world import World, at
from tongban.accounts.actors import SYSTEM
from tongban.notices.models import Notice
from workflows.cases.kinds import applications
from workflows.cases.models import Case, Document, Event
from workflows.cases.opening import Application, NotInForce, open_case
from workflows.cases.perform import InvalidData, NotAllowed, perform
from workflows.cases.waking import take_wakes
from workflows.flows.clearing_calendar import run_clearing

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = at("2026-10-01 00:05"), at("2026-11-01 00:05")
SICHUAN, CHONGQING = ("510000", "medical_insurance"), ("500000", "medical_insurance")


@pytest.fixture
def two(world: World) -> World:
    """A clerk and a head at either province's agency, and the matters between offices."""
    for name, place in (("sc", SICHUAN), ("cq", CHONGQING)):
        for role in ("clerk", "head"):
            world.post(f"{name}_{role}", f"{name}{role}", *place, role)
    for matter in ("异地就医月度清算", "签署异地就医清算单", "异地就医预付金"):
        world.matter(matter)
    return world


def month_case(month: str = "2026-10") -> Case:
    row = ClearingMonth.objects.get(
        treated_province="510000", insured_province="500000", month=month
    )
    return Case.objects.get(number=row.case_number)


def row_of(case: Case) -> ClearingMonth:
    return ClearingMonth.objects.get(case_number=case.number)


def take(world: World, step: str, who: str, when: str, **data: Any) -> Case:
    case = month_case()
    return world.take(case, step, who, data, at=at(when)).case


def declared(world: World, *funds: str) -> Case:
    """October with those settlements, agreed with the hospital and declared on the tenth."""
    run_clearing(OCTOBER)
    for fund in funds:
        settled(fund)
    hospital_agrees()
    run_clearing(NOVEMBER)
    take(world, "begin_reconciling", "sc_clerk", "2026-11-02 09:00")
    return take(world, "declare_month", "sc_clerk", "2026-11-10 09:00", agreed="on")


def signed_by(world: World, who: str, when: str = "2026-11-22 09:00") -> None:
    office = world.people[who].postings.get().office_id
    child = Case.objects.get(parent=month_case(), state="asked", holder_office_id=office)
    perform(child.pk, "sign_statement", actor=world.actor(who), data={"read": "on"},
            token=child.seq, at=at(when))  # fmt: skip


def stated(world: World, *funds: str) -> Case:
    declared(world, *funds)
    run_clearing(at("2026-11-21 00:05"))
    return month_case()


def test_the_system_opens_a_month_a_pair_once_and_cuts_it_off_when_it_is_over(two: World) -> None:
    assert len(run_clearing(OCTOBER).opened) == 4, "two months and two advances"
    assert run_clearing(OCTOBER).opened == ()
    settled()
    settled("5.00", on="2026-11-01 00:01")
    assert run_clearing(at("2026-10-31 23:59")).gathered == 1
    assert month_case().state == "open"
    run = run_clearing(NOVEMBER)
    assert (len(run.opened), len(run.moved), run.gathered) == (2, 2, 1)
    again = run_clearing(NOVEMBER)
    assert (again.opened, again.moved, again.gathered) == ((), (), 0)
    october = month_case()
    assert october.state == "cut_off"
    assert october.hop_due_at == at("2026-11-21 00:00"), "declared by the end of the 20th"
    assert dict(ClearingLine.objects.values_list("month__month", "claimed")) == {
        "2026-10": 1000, "2026-11": 5,
    }  # fmt: skip


def test_a_late_run_does_not_give_more_time(two: World) -> None:
    run_clearing(OCTOBER)
    run_clearing(at("2026-11-05 10:00"))
    assert month_case().hop_due_at == at("2026-11-21 00:00")


def test_it_is_no_application_and_nobody_else_opens_it(two: World) -> None:
    run_clearing(OCTOBER)
    case = month_case()
    assert (case.applicant_name, case.parties.count()) == ("", 0)
    assert not Case.objects.filter(applications(), pk=case.pk).exists()
    opened = Event.objects.get(case=case, seq=1)
    assert (opened.actor_kind, opened.counts_as) == ("system", "begun")
    given = Application(
        draft_key=uuid.uuid4(),
        version=two.matter("异地就医月度清算"),
        origin_region="510000",
        parties=(),
        data={"month": "2026-12"},
        offices={"treated": two.office(*SICHUAN), "insured": two.office(*CHONGQING)},
    )
    for who in ("citizen", "clerk_cq", "supervisor_cq"):
        with pytest.raises(NotInForce):
            open_case(given, actor=two.actor(who), at=NOVEMBER)
    assert open_case(given, actor=two.actor("cq_clerk"), at=NOVEMBER).case.state == "open"


def test_a_month_goes_all_the_way_and_every_fen_can_be_traced(two: World) -> None:
    case = stated(two, "1000.00", "0.07")
    statement = Statement.objects.get()
    assert (case.state, statement.payable) == ("statement_issued", Decimal("1000.07"))
    paper = Document.objects.get(case=case, kind="clearing")
    assert (paper.number, paper.content["digest"]) == (statement.document_number, statement.digest)
    signed_by(two, "sc_head")
    assert take_wakes() == 0
    signed_by(two, "cq_head")
    assert take_wakes() == 1
    case = month_case()
    assert case.state == "noticed"
    with pytest.raises(NotAllowed):
        take(two, "apply_to_finance", "sc_clerk", "2026-11-23 09:00", reference="X")
    take(two, "apply_to_finance", "cq_clerk", "2026-11-23 09:00", reference="渝财社1号")
    assert month_case().hop_due_at is None, "finance's ten days begin with its audit"
    with pytest.raises(NotAllowed):
        take(two, "transfer_money", "cq_clerk", "2026-11-24 09:00", amount="1000.07", voucher="A")
    audited = take(two, "pass_audit", "cq_clerk", "2026-11-24 09:00")
    assert audited.hop_due_at is not None
    assert audited.hop_due_at > at("2026-12-08 00:00")
    with pytest.raises(InvalidData):
        take(two, "transfer_money", "cq_clerk", "2026-11-25 09:00", amount="1000.06", voucher="A")
    take(two, "transfer_money", "cq_clerk", "2026-11-25 09:00", amount="1000.07", voucher="A")
    case = take(
        two, "confirm_arrival", "sc_clerk", "2026-11-26 09:00", amount="1000.00", voucher="B"
    )
    assert case.state == "transferred"
    named = [(n.code, n.amount) for n in books_differ(row_of(case))]
    assert named == [("money", Decimal("0.07"))]
    take(two, "confirm_arrival", "sc_clerk", "2026-11-27 09:00", amount="0.07", voucher="C")
    case = take(two, "close_month", "sc_clerk", "2026-11-28 09:00")
    assert (case.state, case.outcome, adds_up(statement)) == ("closed", "done", True)
    told = Notice.objects.filter(template="clearing", subject_key=case.number)
    assert set(told.values_list("user__username", flat=True)) == {
        "sc-clerk", "sc-head", "cq-clerk", "cq-head",
    }  # fmt: skip


def test_an_objection_voids_the_statement_and_what_the_other_side_has_signed(two: World) -> None:
    stated(two, "1000.00")
    signed_by(two, "sc_head")
    waiting = Case.objects.get(parent=month_case(), state="asked")
    case = take(two, "contest_statement", "cq_clerk", "2026-11-23 09:00", reason="少一笔扣款")
    assert case.state == "disputed"
    assert Signature.objects.get().voided_at is not None
    assert Case.objects.get(pk=waiting.pk).state == "voided"
    assert take_wakes() == 0
    take(two, "resume_reconciling", "sc_clerk", "2026-11-24 09:00")
    take(two, "note_deduction", "sc_clerk", "2026-11-24 10:00", institution=clinic().code,
         amount="50.00", reason="串换项目")  # fmt: skip
    take(two, "declare_month", "sc_clerk", "2026-11-24 11:00", agreed="on")
    run_clearing(at("2026-11-25 00:05"))
    second = Statement.objects.get(voided_at=None)
    assert (second.version, second.payable) == (2, Decimal("950.00"))
    signed_by(two, "sc_head", "2026-11-25 09:00")
    signed_by(two, "cq_head", "2026-11-25 09:00")
    assert take_wakes() == 1
    assert month_case().state == "noticed"


def test_only_a_head_signs_and_only_for_their_own_side(two: World) -> None:
    stated(two, "1.00")
    child = Case.objects.get(parent=month_case(), holder_office=two.office(*SICHUAN))
    for who in ("sc_clerk", "cq_head"):
        with pytest.raises(NotAllowed):
            perform(child.pk, "sign_statement", actor=two.actor(who), data={"read": "on"},
                    token=child.seq)  # fmt: skip
    with pytest.raises(NotAllowed):
        perform(child.pk, "sign_statement", actor=SYSTEM, data={"read": "on"}, token=child.seq)


def test_a_dispute_is_conceded_by_the_other_side_and_given_up_by_its_own(two: World) -> None:
    run_clearing(OCTOBER)
    entry, other = settled("100.00"), settled("60.00")
    hospital_agrees()
    run_clearing(NOVEMBER)
    take(two, "begin_reconciling", "sc_clerk", "2026-11-02 09:00")
    for nth, each in enumerate((entry, other)):
        case = take(two, "hold_line", "cq_clerk", f"2026-11-03 0{nth}:00", setl_id=each.setl_id,
                    sign="1", reason="查")  # fmt: skip
    assert case.state == "disputed"
    first, second = ClearingLine.objects.order_by("id")
    dispute, another = first.disputes.get(), second.disputes.get()
    with pytest.raises(InvalidData):
        take(
            two, "take_off_line", "cq_clerk", "2026-11-04 09:00", dispute=dispute.pk, decision="是"
        )
    with pytest.raises(InvalidData):
        take(two, "take_off_line", "sc_clerk", "2026-11-04 09:00", dispute=dispute.pk,
             decision="多", excluded="100.01")  # fmt: skip
    take(two, "tell_evidence", "sc_clerk", "2026-11-04 09:00", dispute=dispute.pk, evidence="病历")
    case = take(two, "take_off_line", "sc_clerk", "2026-11-04 10:00", dispute=dispute.pk,
                decision="部分重复", excluded="40.00")  # fmt: skip
    assert case.state == "disputed"
    with pytest.raises(InvalidData):
        take(two, "pay_line", "sc_clerk", "2026-11-04 11:00", dispute=another.pk, decision="否")
    case = take(
        two, "pay_line", "cq_clerk", "2026-11-04 11:00", dispute=another.pk, decision="撤回"
    )
    assert case.state == "reconciling"
    take(two, "declare_month", "sc_clerk", "2026-11-10 09:00", agreed="on")
    run_clearing(at("2026-11-21 00:05"))
    assert Statement.objects.get().gross == Decimal("120.00")


def test_what_the_ledger_does_not_reverse_is_told_and_changes_nothing(two: World) -> None:
    run_clearing(OCTOBER)
    wrong = settled("20.00")
    taken_back(wrong)
    day = dt.date(2026, 10, 10)
    line = reported(wrong, fund_pay_sumamt=Decimal("20.01"))
    (found,) = compare(day, [line])
    with pytest.raises(InvalidData) as refused:
        take(two, "work_difference", "sc_clerk", "2026-10-12 09:00", difference=found.pk,
             resolution="reverse", note="撤")  # fmt: skip
    assert refused.value.form.non_field_errors()
    assert refused.value.form["note"].value() == "撤"
    assert Difference.objects.get().state == "open"
    take(two, "work_difference", "sc_clerk", "2026-10-12 10:00", difference=found.pk,
         resolution="accept", note="认")  # fmt: skip
    assert Difference.objects.get().state == "settled"


def compare(day: dt.date, lines: list[Any]) -> list[Difference]:
    return compare_details(institution=clinic(), day=day, lines=lines, at=noon(day))


def test_a_month_below_zero_is_paid_by_the_place_of_treatment(two: World) -> None:
    run_clearing(at("2026-09-01 00:05"))
    entry = settled("700.00", on="2026-09-10 10:00")
    Settlement.objects.filter(pk=entry.pk).update(clearing_month="2026-08")
    run_clearing(OCTOBER)
    taken_back(entry, on="2026-10-10 10:00", cause="refunded")
    hospital_agrees()
    run_clearing(NOVEMBER)
    take(two, "begin_reconciling", "sc_clerk", "2026-11-02 09:00")
    take(two, "declare_month", "sc_clerk", "2026-11-10 09:00", agreed="on")
    run_clearing(at("2026-11-21 00:05"))
    signed_by(two, "sc_head")
    signed_by(two, "cq_head")
    take_wakes()
    assert month_case().facts["payable"] == "-700.00"
    with pytest.raises(NotAllowed):
        take(two, "apply_to_finance", "cq_clerk", "2026-11-23 09:00", reference="X")
    take(two, "apply_to_finance", "sc_clerk", "2026-11-23 09:00", reference="川财社1号")
    take(two, "pass_audit", "sc_clerk", "2026-11-24 09:00")
    take(two, "transfer_money", "sc_clerk", "2026-11-25 09:00", amount="700.00", voucher="A")
    case = take(
        two, "confirm_arrival", "cq_clerk", "2026-11-26 09:00", amount="700.00", voucher="B"
    )
    assert case.state == "received"


def test_a_month_without_a_fen_needs_no_money(two: World) -> None:
    stated(two)
    signed_by(two, "sc_head")
    signed_by(two, "cq_head")
    take_wakes()
    assert month_case().state == "received"


def test_the_advance_is_given_used_topped_up_and_handed_on(two: World) -> None:
    for month in ("10", "11", "12"):
        run_clearing(at(f"2026-{month}-01 00:05"))
    kept = Advance.objects.get(treated_province="510000", year=2026)
    case = Case.objects.get(number=kept.case_number)
    assert (case.facts["due"], case.hop_due_at) == ("0.00", None)
    Advance.objects.filter(pk=kept.pk).update(size=Decimal("100.00"))
    advance.post(TO_CHONGQING, "treated", Decimal("100.00"), voucher="x", key="x", at=OCTOBER)
    case = two.take(case, "notify_payment", "sc_clerk", at=at("2026-12-02 09:00")).case
    assert case.state == "confirmed"
    with pytest.raises(NotAllowed):
        two.take(case, "ask_top_up", "sc_clerk", at=at("2026-12-02 10:00"))
    settled("91.00", on="2026-12-03 09:00")
    run_clearing(at("2026-12-04 00:05"))
    assert advance.lamp(TO_CHONGQING, dt.date(2026, 12, 4)).colour == "red"
    case = two.take(case, "ask_top_up", "sc_clerk", at=at("2026-12-04 09:00")).case
    assert (case.state, case.facts["due"]) == ("noticed", "30.00")
    two.take(case, "ask_finance", "cq_clerk", {"reference": "1号"}, at=at("2026-12-05 09:00"))
    paid = {"amount": "30.00", "voucher": "A"}
    two.take(case, "pay_advance", "cq_clerk", paid, at=at("2026-12-06 09:00"))
    two.take(case, "confirm_advance", "sc_clerk", paid, at=at("2026-12-07 09:00"))
    assert advance.held(TO_CHONGQING) == Decimal("130.00")
    run_clearing(at("2027-01-22 00:05"))
    assert Case.objects.get(pk=case.pk).state == "adjusted"
    later = Case.objects.get(
        number=Advance.objects.get(treated_province="510000", year=2027).case_number
    )
    assert later.facts["due"] == "-130.00", "no statement of the quarter: what is held goes back"
    assert later.hop_due_at == at("2027-03-01 00:00"), "by the end of February"
