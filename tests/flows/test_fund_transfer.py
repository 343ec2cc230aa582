"""住房公积金异地转移接续: account, history and money from one centre to the other."""

from __future__ import annotations

import datetime as dt

import pytest

from matters.catalogue.pinned import definition_of
from matters.housing_fund.words import rule_book
from tests import journeys
from tests.world import ZHOU_ID, World, answers_for, at
from workflows.cases.perform import InvalidData, NotAllowed

TRANSFER = "住房公积金异地转移接续"
SHEET = {"principal": "12000.00", "interest": "34.56", "months": "30", "loan_uses": "0"}


@pytest.fixture
def transfer(world: World) -> journeys.Journey:
    """From 达州 (四川) to 重庆."""
    version = world.matter(TRANSFER)
    data = answers_for(version, receiving_region="500101", sending_region="511702")
    return journeys.begin(world, version, "2026-05-11 09:00", data=data)


def sheet_sent(transfer: journeys.Journey) -> journeys.Journey:
    transfer.take("accept", "fund_cq", checked="on")
    transfer.take("confirm", "fund_sc", released="on")
    return transfer.take("send_sheet", "fund_sc", **SHEET)


def money_sent(transfer: journeys.Journey) -> journeys.Journey:
    return sheet_sent(transfer).take("send_money", "fund_sc", amount="12034.56", voucher="LS0001")


def arrival(transfer: journeys.Journey, **other: str) -> dict[str, str]:
    facts = transfer.case.facts
    keys = {"letter_number": facts["letter"], "id_number": ZHOU_ID, "amount": "12034.56"}
    return {**keys, "voucher": "DZ0001", **other}


def test_letter_id_and_amount_agree_and_the_money_is_booked_at_once(
    transfer: journeys.Journey,
) -> None:
    money_sent(transfer).take("money_arrives", "fund_cq", **arrival(transfer))
    case = transfer.case
    assert (case.state, case.facts["money"]) == ("booked", "booked")
    case = transfer.take("conclude", "fund_cq").case
    assert (case.state, case.outcome) == ("completed", "done")


@pytest.mark.parametrize(
    "other",
    [{"letter_number": "LXH-别的"}, {"id_number": "500101198001010011"}, {"amount": "12034.55"}],
)
def test_any_key_that_differs_puts_the_money_into_suspense(
    transfer: journeys.Journey, other: dict[str, str]
) -> None:
    money_sent(transfer).take("money_arrives", "fund_cq", **arrival(transfer, **other))
    assert (transfer.case.state, transfer.case.facts["money"]) == ("mismatched", "suspense")
    transfer.take("return_money", "fund_cq", reason="无法确认")
    assert transfer.case.holder == "sending"
    transfer.take("send_money", "fund_sc", amount="12034.56", voucher="LS0002")
    transfer.take("money_arrives", "fund_cq", **arrival(transfer))
    assert transfer.case.state == "booked"


def test_the_sum_sent_is_the_sum_on_the_sheet(transfer: journeys.Journey) -> None:
    sheet_sent(transfer)
    with pytest.raises(InvalidData) as short:
        transfer.take("send_money", "fund_sc", amount="12034.55", voucher="LS0001")
    assert short.value.form.errors["amount"] == ["划转金额应等于账户信息表合计 12034.56 元"]


def test_a_sum_has_two_decimals_however_it_was_typed(transfer: journeys.Journey) -> None:
    transfer.take("accept", "fund_cq", checked="on").take("confirm", "fund_sc", released="on")
    typed = {**SHEET, "principal": "1.2E4", "interest": "34.5"}
    sheet = transfer.take("send_sheet", "fund_sc", **typed).case.facts["sheet"]
    assert (sheet["principal"], sheet["interest"], sheet["total"]) == (
        "12000.00", "34.50", "12034.50",
    )  # fmt: skip
    with pytest.raises(InvalidData):
        transfer.take("send_money", "fund_sc", amount="NaN", voucher="LS0001")
    transfer.take("send_money", "fund_sc", amount="12034.5", voucher="LS0001")
    assert transfer.case.facts["sent"] == "12034.50"


def test_the_bank_refuses_and_the_money_is_sent_again(transfer: journeys.Journey) -> None:
    money_sent(transfer).take("bank_refuses", "fund_sc", reason="户名不符")
    assert transfer.case.facts["money"] == "returned"
    transfer.take("send_money", "fund_sc", amount="12034.56", voucher="LS0002")
    assert transfer.case.facts["money"] == "in_transit"


def test_an_objection_goes_back_with_its_reason_and_may_be_mended(
    transfer: journeys.Journey,
) -> None:
    transfer.take("accept", "fund_cq", checked="on")
    transfer.take("object_to_transfer", "fund_sc", code="not_sealed", reason="请先封存")
    assert (transfer.case.state, transfer.case.holder) == ("objected", "receiving")
    transfer.take("send_letter_again", "fund_cq", reason="已封存")
    assert "objection" not in transfer.case.facts


def test_one_limit_of_five_days_runs_from_the_letter_to_the_money(
    transfer: journeys.Journey,
) -> None:
    transfer.take("accept", "fund_cq", "2026-05-11 10:00", checked="on")
    due = at("2026-05-19 00:00")
    assert transfer.case.hop_due_at == due
    transfer.take("confirm", "fund_sc", "2026-05-13 10:00", released="on")
    transfer.take("send_sheet", "fund_sc", "2026-05-14 10:00", **SHEET)
    assert transfer.case.hop_due_at == due


def test_money_on_the_road_cannot_be_called_back(transfer: journeys.Journey) -> None:
    money_sent(transfer)
    with pytest.raises(NotAllowed):
        transfer.take("withdraw", "citizen", reason="不转了")


def test_the_matter_s_limits_are_those_of_the_rule_rows(world: World) -> None:
    """2–3 working days promised by 川渝 against 3 and 5 by the national rules."""
    definition = definition_of(world.matter(TRANSFER).pk)

    def days(key: str, pool: str) -> str:
        row = rule_book().value(key, pool, dt.date(2026, 5, 11))
        assert row.unit == "工作日"
        return f"{row.value}G"

    accept, send = days("transfer.accept_days", "000000"), days("transfer.send_days", "000000")
    assert str(definition.hops["accepting"]) == accept
    assert str(definition.hops["checking"]) == send
    assert str(definition.statutory) == f"{int(accept[:-1]) + int(send[:-1])}G"
    for pool in ("500000", "510100", "511700"):
        assert str(definition.promise) == days("transfer.promise_days", pool)
