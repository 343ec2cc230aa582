"""基本医疗保险关系转移接续: the relation in ten and five working days, and every fen of the account."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from matters.medical.models import AccountEntry, Filing, Insured
from tests import journeys
from tests.world import ZHOU_ID, World, answers_for, at
from workflows.cases.models import CaseNumber, Document
from workflows.cases.perform import InvalidData, NotAllowed
from workflows.flows.medical_transfer_forms import classes_in

MATTERS = ("基本医疗保险关系转移接续", "基本医疗保险关系转移")
CHECKED = {"joined_here": "on", "stopped_there": "on"}
SHEET = {
    "certificate": "PZ-5117-0001",
    "insured_type": "employee",
    "insured_from": "2016-03-01",
    "ended_on": "2026-05-01",
    "months": "122",
    "total": "3210.55",
    "money": "transfer",
}
COVER = {
    "psn_no": "50000000001",
    "insured_type": "employee",
    "person_class": "active",
    "begins_on": "2026-05-01",
}
NOTHING = Decimal("0.00")
AS_RESIDENT = COVER | {
    "insured_type": "resident",
    "person_class": dict(classes_in("500000"))["居民"][0][0],
}


def insure(pool: str, **other: Any) -> Insured:
    """周德福, insured as an employee since 2016 unless told otherwise."""
    row: dict[str, Any] = {
        "psn_no": f"{pool}00001",
        "insured_type": "employee",
        "person_class": "active",
        "valid_from": dt.date(2016, 3, 1),
        "account_balance": Decimal("3210.55"),
    }
    who = {"name": "周德福", "id_number": ZHOU_ID, "born_on": dt.date(1955, 5, 5)}
    return Insured.objects.create(pool_id=pool, **who, **(row | other))


@pytest.fixture
def clerks(world: World) -> World:
    world.post("medical_cq", "渝医保", "500000", "medical_insurance", "clerk")
    world.post("medical_sc", "达医保", "511700", "medical_insurance", "clerk")
    return world


def transfer_of(world: World, matter: str = MATTERS[0], **answers: str) -> journeys.Journey:
    """From 达州 (四川) to 重庆."""
    version = world.matter(matter)
    regions = {"receiving_region": "500101", "sending_region": "511702"}
    data = answers_for(version, person_name="周德福", **(regions | answers))
    return journeys.begin(world, version, "2026-05-11 09:00", data=data)


def sheet_sent(journey: journeys.Journey, **other: str) -> journeys.Journey:
    journey.take("accept", "medical_cq", "2026-05-11 10:00", **CHECKED)
    return journey.take("send_sheet", "medical_sc", "2026-05-13 10:00", **(SHEET | other))


def arrival(journey: journeys.Journey, **other: str) -> dict[str, str]:
    keys = {"letter_number": journey.case.facts["letter"], "id_number": ZHOU_ID}
    return {**keys, "amount": "3210.55", "voucher": "DZ0001", **other}


def in_the_books() -> Decimal:
    """What all accounts hold, and what their movements say of what has left them."""
    held = Insured.objects.aggregate(all=Sum("account_balance"))["all"]
    moved = AccountEntry.objects.aggregate(all=Sum("amount"))["all"] or Decimal(0)
    assert held - moved == Decimal("3210.55")
    return Decimal(held)


@pytest.mark.parametrize("matter", MATTERS)
def test_ten_working_days_out_and_five_in(clerks: World, matter: str) -> None:
    journey = transfer_of(clerks, matter)
    journey.take("accept", "medical_cq", "2026-05-11 10:00", **CHECKED)
    assert (journey.case.holder, journey.case.hop_due_at) == ("sending", at("2026-05-26 00:00"))
    journey.take("send_sheet", "medical_sc", "2026-05-13 10:00", **SHEET)
    assert (journey.case.holder, journey.case.hop_due_at) == ("receiving", at("2026-05-21 00:00"))
    assert journey.case.statutory_due_at == at("2026-06-02 00:00")
    assert CaseNumber.objects.filter(case=journey.id, name="参保凭证号").exists()


def test_the_relation_is_joined_first_and_the_account_follows_to_the_fen(clerks: World) -> None:
    old = insure("511700")
    filed = Filing.objects.create(
        insured=old,
        kind="long_term",
        destination_id="500000",
        valid_from=dt.date(2025, 1, 1),
        filed_at=at("2025-01-01 09:00"),
    )
    journey = sheet_sent(transfer_of(clerks))
    journey.take("join_up", "medical_cq", **COVER)
    old.refresh_from_db()
    filed.refresh_from_db()
    new = Insured.objects.get(psn_no="50000000001")
    assert (old.valid_to, new.valid_from) == (dt.date(2026, 5, 1), dt.date(2026, 5, 1))
    assert (new.pool_id, new.name, new.born_on) == ("500000", "周德福", dt.date(1955, 5, 5))
    assert (filed.state, filed.ended_on) == ("void", dt.date(2026, 5, 1))
    # The relation stands; the clock of the whole has stopped, and the money is on nobody's account.
    assert (journey.case.state, journey.case.facts["money"]) == ("info_sent", "held")
    assert "stopped_at" in journey.case.clocks["statutory"]
    assert in_the_books() == 0
    journey.take("send_money", "medical_sc", amount="3210.55", voucher="LS0001")
    assert (journey.case.facts["money"], in_the_books()) == ("in_transit", NOTHING)
    journey.take("money_arrives", "medical_cq", **arrival(journey))
    assert (journey.case.state, in_the_books()) == ("booked", Decimal("3210.55"))
    case = journey.take("conclude", "medical_cq").case
    new.refresh_from_db()
    assert (case.outcome, new.account_balance) == ("done", Decimal("3210.55"))
    said = Document.objects.get(case=case.pk, kind="conclusion").content
    assert (said["amount"], said["months"]) == ("3210.55", 122)


def test_the_bank_returns_it_and_it_is_sent_again(clerks: World) -> None:
    insure("511700")
    journey = sheet_sent(transfer_of(clerks)).take("join_up", "medical_cq", **COVER)
    journey.take("send_money", "medical_sc", amount="3210.55", voucher="LS0001")
    journey.take("bank_refuses", "medical_sc", reason="户名不符")
    assert (journey.case.holder, in_the_books()) == ("sending", NOTHING)
    with pytest.raises(InvalidData):
        journey.take("send_money", "medical_sc", amount="3210.54", voucher="LS0002")
    journey.take("send_money", "medical_sc", amount="3210.55", voucher="LS0002")
    journey.take("money_arrives", "medical_cq", **arrival(journey))
    assert in_the_books() == Decimal("3210.55")


def test_another_sum_than_was_sent_goes_back_and_cannot_be_booked_by_hand(clerks: World) -> None:
    insure("511700")
    journey = sheet_sent(transfer_of(clerks)).take("join_up", "medical_cq", **COVER)
    journey.take("send_money", "medical_sc", amount="3210.55", voucher="LS0001")
    journey.take("money_arrives", "medical_cq", **arrival(journey, amount="3210.00"))
    assert (journey.case.state, journey.case.facts["money"]) == ("mismatched", "suspense")
    with pytest.raises(NotAllowed) as refused:
        journey.take("match_by_hand", "medical_cq", reason="差额另补")
    assert [r.code for r in refused.value.verdict.reasons] == ["whole_sum"]
    journey.take("return_money", "medical_cq", reason="金额不符")
    journey.take("send_money", "medical_sc", amount="3210.55", voucher="LS0002")
    journey.take("money_arrives", "medical_cq", **arrival(journey, letter_number="LXH-别的"))
    assert in_the_books() == 0
    journey.take("match_by_hand", "medical_cq", reason="附言有误，已电话核实")
    assert in_the_books() == Decimal("3210.55")


def test_whoever_has_retired_is_refused_with_the_reason(clerks: World) -> None:
    insure("511700", person_class="retired")
    journey = transfer_of(clerks)
    with pytest.raises(NotAllowed) as refused:
        journey.take("accept", "medical_cq", **CHECKED)
    assert "退休人员不办理关系转移接续" in str(refused.value)
    case = journey.take("refuse", "medical_cq", reason="退休人员不办理关系转移接续").case
    paper = Document.objects.get(case=case.pk, kind="not_accepted").content
    assert (case.outcome, paper["remedies"]["review_days"]) == ("refused", 60)


def test_whoever_retires_meanwhile_does_not_transfer_either(clerks: World) -> None:
    old = insure("511700")
    journey = transfer_of(clerks).take("accept", "medical_cq", **CHECKED)
    Insured.objects.filter(pk=old.pk).update(person_class="retired")
    with pytest.raises(InvalidData, match="退休"):
        journey.take("send_sheet", "medical_sc", **SHEET)
    journey.take("object_to_transfer", "medical_sc", code="retired", reason="4月已办理退休")
    assert journey.take("disapprove", "medical_cq", reason="已退休").case.outcome == "disapproved"


def test_residents_have_no_account_and_are_done_with_the_relation(clerks: World) -> None:
    insure("511700", insured_type="resident", person_class="high", account_balance=Decimal(0))
    journey = transfer_of(clerks).take("accept", "medical_cq", **CHECKED)
    resident = SHEET | {"insured_type": "resident", "money": "none"}
    with pytest.raises(InvalidData) as with_money:
        journey.take("send_sheet", "medical_sc", **resident)
    assert with_money.value.form.errors["total"][0] == "居民医保没有个人账户，余额应为 0"
    journey.take("send_sheet", "medical_sc", **(resident | {"total": "0"}))
    case = journey.take("join_up", "medical_cq", **AS_RESIDENT).case
    assert (case.state, case.outcome, AccountEntry.objects.count()) == ("completed", "done", 0)


def test_who_joins_as_a_resident_is_paid_out_at_the_old_place(clerks: World) -> None:
    insure("511700")
    journey = sheet_sent(transfer_of(clerks))
    resident = AS_RESIDENT
    with pytest.raises(InvalidData, match="不是居民医保的人员类别"):
        journey.take("join_up", "medical_cq", **(resident | {"person_class": "active"}))
    with pytest.raises(InvalidData, match="不能接收余额"):
        journey.take("join_up", "medical_cq", **resident)
    journey.take("return_sheet", "medical_cq", reason="转为居民医保，余额请退给本人")
    journey.take("send_sheet", "medical_sc", **(SHEET | {"money": "paid_out"}))
    assert journey.take("join_up", "medical_cq", **resident).case.state == "completed"
    assert (in_the_books(), AccountEntry.objects.get().amount) == (
        NOTHING,
        Decimal("-3210.55"),
    )


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("certificate", "?"),
        ("insured_type", "resident"),
        ("ended_on", "2016-02-01"),
        ("months", "-1"),
        ("total", "3210.56"),
        ("money", "none"),
    ],
)
def test_a_sheet_that_is_not_what_the_register_says_is_not_sent(
    clerks: World, field: str, wrong: str
) -> None:
    insure("511700")
    journey = transfer_of(clerks).take("accept", "medical_cq", **CHECKED)
    with pytest.raises(InvalidData) as refused:
        journey.take("send_sheet", "medical_sc", **(SHEET | {field: wrong}))
    shown = {"insured_type": "total"}.get(field, field)
    assert shown in refused.value.form.errors


def test_an_account_that_moved_since_the_sheet_sends_the_sheet_back(clerks: World) -> None:
    old = insure("511700")
    journey = sheet_sent(transfer_of(clerks))
    Insured.objects.filter(pk=old.pk).update(account_balance=Decimal("3000.55"))
    with pytest.raises(InvalidData, match="与信息表不一致"):
        journey.take("join_up", "medical_cq", **COVER)
    old.refresh_from_db()
    assert old.valid_to is None


def test_nobody_is_covered_twice_on_a_day(clerks: World) -> None:
    insure("511700")
    journey = sheet_sent(transfer_of(clerks))
    with pytest.raises(InvalidData) as early:
        journey.take("join_up", "medical_cq", **(COVER | {"begins_on": "2026-04-30"}))
    assert "不能重复参保" in early.value.form.errors["begins_on"][0]
    # Nor after another one here that ended later.
    insure(
        "500000", valid_from=dt.date(2010, 1, 1), valid_to=dt.date(2026, 5, 2),
        account_balance=Decimal(0),
    )  # fmt: skip
    with pytest.raises(InvalidData, match="才终止"):
        journey.take("join_up", "medical_cq", **COVER)
    # A cover that the register has already is taken, and nothing is asked.
    new = insure(
        "500000", psn_no="5002", valid_from=dt.date(2026, 5, 2), account_balance=Decimal(0)
    )
    journey.take("join_up", "medical_cq")
    assert journey.case.facts["new_cover"] == new.pk


def test_within_one_pool_nothing_is_to_be_transferred(clerks: World) -> None:
    journey = transfer_of(clerks, sending_region="500103")
    with pytest.raises(NotAllowed, match="同一医保统筹区"):
        journey.take("accept", "medical_cq", **CHECKED)


def test_once_the_sheet_is_out_nobody_calls_it_back(clerks: World) -> None:
    journey = sheet_sent(transfer_of(clerks))
    with pytest.raises(NotAllowed):
        journey.take("withdraw", "citizen", reason="不转了")
    with pytest.raises(NotAllowed):
        journey.take("join_up", "medical_sc", **COVER)
