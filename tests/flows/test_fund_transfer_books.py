"""A transfer with its money in the books: two accounts, one letter, and not a fen astray."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from matters.catalogue.models import MatterVersion
from matters.housing_fund import ledger
from matters.housing_fund.marks import unmarked
from matters.housing_fund.models import Account, DepositMonth, Journal, Mark
from tests import journeys
from tests.flows.loans import loan_made
from tests.housing_fund.conftest import opened
from tests.world import ZHOU_ID, World, answers_for, at
from tongban.accounts.models import User
from tongban.notices.models import Notice
from tongban.offices.models import Office
from workflows.cases.opening import PartyInput
from workflows.cases.perform import InvalidData, NotAllowed
from workflows.flows.fund_foretelling import foretold

TRANSFER = "住房公积金异地转移接续"
OLD, INTEREST = "30000.00", "12.34"
ALL = "30012.34"


def deposited(account: Account, *months: str, at_centre: Office | None = None) -> None:
    DepositMonth.objects.bulk_create(
        DepositMonth(
            account=account,
            month=dt.date.fromisoformat(f"{month}-01"),
            deposited=Decimal(1000),
            deposited_at=at_centre or account.centre,
        )
        for month in months
    )


class Moving:
    """周德福 moves from 达州 (四川) to 重庆, or the other way."""

    def __init__(self, world: World, comes: str = "500000", leaves: str = "511700") -> None:
        self.world = world
        self.here = {"500000": "fund_cq", "511700": "fund_sc"}[comes]
        self.there = {"500000": "fund_cq", "511700": "fund_sc"}[leaves]
        who = {"name": "周德福", "id_number": ZHOU_ID}
        self.new = opened(world.office(comes, "housing_fund"), **who)
        sealed = {"status": "sealed", "sealed_on": dt.date(2026, 1, 1), "loans_used": 1}
        self.old = opened(world.office(leaves, "housing_fund"), OLD, **who, **sealed)
        deposited(self.new, "2026-03", "2026-04")
        deposited(self.old, "2025-10", "2025-11", "2025-12")
        version: MatterVersion = world.matter(TRANSFER)
        places = {"500000": "500101", "511700": "511702"}
        data = answers_for(
            version,
            receiving_region=places[comes],
            sending_region=places[leaves],
            receiving_account=self.new.number,
        )
        self.journey = journeys.begin(world, version, "2026-05-11 09:00", data=data)

    @property
    def case(self) -> Any:
        return self.journey.case

    def accepted(self) -> Moving:
        self.journey.take("accept", self.here, checked="on")
        return self

    def frozen(self) -> Moving:
        self.accepted().journey.take("confirm", self.there, released="on")
        return self

    def sent(self) -> Moving:
        self.frozen().journey.take("send_sheet", self.there, interest=INTEREST)
        return self.sent_again()

    def sent_again(self) -> Moving:
        self.journey.take("send_money", self.there, amount=ALL, voucher="LS0001")
        return self

    def arrives(self, **other: str) -> Moving:
        keys = {"letter_number": self.case.facts["letter"], "id_number": ZHOU_ID, "amount": ALL}
        self.journey.take("money_arrives", self.here, **{**keys, "voucher": "DZ0001", **other})
        return self

    def books(self) -> list[Any]:
        """Status and balance of the old account, and the new one's balance; nothing is astray."""
        assert ledger.differences() == []
        old, new = (Account.objects.get(pk=each.pk) for each in (self.old, self.new))
        return [old.status, old.balance, new.balance]


@pytest.mark.parametrize(("comes", "leaves"), [("500000", "511700"), ("511700", "500000")])
def test_balance_months_and_loans_go_over_in_either_direction(
    world: World, comes: str, leaves: str
) -> None:
    moving = Moving(world, comes, leaves).sent().arrives()
    assert moving.books() == ["closed", 0, Decimal(ALL)]
    sheet = moving.case.facts["sheet"]
    assert (sheet["total"], sheet["months"], sheet["loan_uses"]) == (ALL, 3, 1)
    new = Account.objects.get(pk=moving.new.pk)
    assert (new.months.count(), new.loans_used) == (5, 1)
    moving.journey.take("conclude", moving.here)
    assert moving.case.outcome == "done"


def test_an_account_with_a_live_loan_does_not_leave_where_the_rule_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """达州's rule is not known: its clerk decides with a reason; under 成都's nobody may."""
    moving = Moving(world).accepted()
    Mark.objects.create(
        account=moving.old,
        loan_key="x",
        loan_centre=moving.new.centre,
        marked_at=at("2026-01-05 09:00"),
    )
    with pytest.raises(InvalidData) as unknown:
        moving.journey.take("confirm", "fund_sc", released="on")
    assert list(unknown.value.form.errors) == ["decision"]
    assert "没有查到" in unknown.value.form.fields["released"].help_text
    monkeypatch.setattr("workflows.flows.fund_register_forms.pool_at", lambda *_: "510100")
    with pytest.raises(InvalidData) as forbidden:
        moving.journey.take("confirm", "fund_sc", released="on", decision="同意")
    assert "提取偿还贷款" in str(forbidden.value.form.errors)
    moving.journey.take("object_to_transfer", "fund_sc", code="live_loan", reason="贷款未结清")
    told = Notice.objects.filter(template="case_step").latest("pk").context["message"]
    assert all(way in told for way in ("结清", "封存", "提取偿还贷款"))
    assert moving.books()[0] == "sealed"


def test_six_months_lacking_give_the_day_and_the_way_to_be_reminded(
    world: World, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    moving = Moving(world)
    monkeypatch.setattr("workflows.flows.fund_register_forms.pool_at", lambda *_: "510100")
    with pytest.raises(InvalidData, match="2026年9月1日起可以转入"):
        moving.journey.take("accept", "fund_cq", checked="on")
    moving.journey.take("refuse", "fund_cq", reason="未满六个月")
    assert moving.case.facts["possible_from"] == "2026-09-01"
    client.force_login(world.citizen)
    page = client.get(f"/my/{moving.case.number}/").content.decode()
    assert "2026年9月1日起可以再申请" in page
    assert "paying_since=2026-03-01" in page


@pytest.mark.parametrize("other", [{"letter_number": "LXH0"}, {"id_number": "500101198001010013"}])
def test_a_key_that_differs_lies_in_suspense_until_somebody_has_looked(
    world: World, other: dict[str, str]
) -> None:
    moving = Moving(world).sent().arrives(**other)
    assert moving.books() == ["moving", 0, 0]
    moving.journey.take("ask_sender", "fund_cq", reason="附言不符")
    assert moving.case.holder == "sending"
    moving.journey.take("explain", "fund_sc", reason="附言写错，确系此笔")
    moving.journey.take("match_by_hand", "fund_cq", reason="转出地已确认")
    assert moving.books() == ["closed", 0, Decimal(ALL)]


def test_a_sum_that_is_short_goes_back_and_is_sent_again(world: World) -> None:
    moving = Moving(world).sent().arrives(amount="30000.00")
    with pytest.raises(NotAllowed):
        moving.journey.take("match_by_hand", "fund_cq", reason="就这样")
    moving.journey.take("return_money", "fund_cq", reason="金额不符")
    assert moving.books() == ["moving", Decimal(ALL), 0]
    assert moving.sent_again().arrives().books() == ["closed", 0, Decimal(ALL)]


def test_of_more_than_was_sent_the_rest_lies_in_suspense_until_it_is_given_back(
    world: World,
) -> None:
    moving = Moving(world).sent().arrives(amount="30112.34")
    assert moving.books() == ["moving", 0, 0]
    assert ledger.totals()["suspense"] == Decimal("30112.34")
    moving.journey.take("match_by_hand", "fund_cq", reason="转出地多划一百元")
    assert (moving.books(), moving.case.facts["surplus"]) == (["closed", 0, Decimal(ALL)], "100.00")
    assert ledger.totals()["suspense"] == Decimal(100)
    for step in ("conclude", "reverse_booking"):
        with pytest.raises(NotAllowed, match="多到的资金还在挂账"):
            moving.journey.take(step, "fund_cq", reason="转错")
    moving.journey.take("return_surplus", "fund_cq", voucher="TH0001")
    assert ledger.totals()["suspense"] == 0
    with pytest.raises(NotAllowed, match="没有多到的资金"):
        moving.journey.take("return_surplus", "fund_cq", voucher="TH0002")
    moving.journey.take("conclude", "fund_cq")
    assert moving.case.documents.get(kind="conclusion").content["amount"] == ALL


def test_too_much_may_also_go_back_whole_and_the_right_sum_is_sent_again(world: World) -> None:
    moving = Moving(world).sent().arrives(amount="30112.34")
    moving.journey.take("return_money", "fund_cq", reason="金额不符")
    assert moving.books() == ["moving", Decimal(ALL), 0]
    assert sum(ledger.totals().values()) == ledger.totals()["suspense"] == 0
    assert moving.sent_again().arrives().books() == ["closed", 0, Decimal(ALL)]


def test_what_a_person_was_told_is_put_right_by_a_journal_and_told_anew(world: World) -> None:
    moving = Moving(world).sent().arrives()
    moving.journey.take("conclude", "fund_cq")
    moving.journey.take("correct_booking", "fund_cq", difference="1.66", reason="少结息")
    assert moving.books() == ["closed", 0, Decimal("30014.00")]
    assert moving.case.state == "completed"
    paper = moving.case.documents.get(kind="result")
    assert "更正为 30014.00 元" in paper.content["result"]
    told = Notice.objects.filter(template="case_step").latest("pk")
    assert "更正为 30014.00 元" in told.context["message"]
    assert told.document_id == paper.pk


def test_a_booking_that_was_told_by_mistake_is_reversed_by_the_head_and_all_is_as_before(
    world: World,
) -> None:
    world.post("head_fund", "渝主任", "500000", "housing_fund", "head")
    moving = Moving(world).sent().arrives()
    moving.journey.take("conclude", "fund_cq")
    with pytest.raises(NotAllowed, match="负责人"):
        moving.journey.take("reverse_told_booking", "fund_cq", reason="不是同一人")
    moving.journey.take("reverse_told_booking", "head_fund", reason="不是同一人")
    assert moving.books() == ["sealed", Decimal(ALL), 0]
    assert Account.objects.get(pk=moving.new.pk).months.count() == 2
    assert "退回转出地账户" in moving.case.documents.get(kind="result").content["result"]
    with pytest.raises(NotAllowed, match="已冲正"):
        moving.journey.take("reverse_told_booking", "head_fund", reason="再冲")


def test_the_bank_refuses_and_interest_is_not_paid_twice(world: World) -> None:
    moving = Moving(world).sent()
    moving.journey.take("bank_refuses", "fund_sc", reason="户名不符")
    assert moving.books() == ["moving", Decimal(ALL), 0]
    assert moving.sent_again().arrives().books() == ["closed", 0, Decimal(ALL)]


def test_whoever_withdraws_or_is_objected_to_has_the_account_as_it_was(world: World) -> None:
    moving = Moving(world).frozen()
    assert moving.books()[0] == "moving"
    moving.journey.take("object_to_transfer", "fund_sc", code="frozen", reason="法院冻结")
    assert moving.books()[0] == "sealed"
    moving.journey.take("send_letter_again", "fund_cq", reason="已解冻")
    moving.journey.take("confirm", "fund_sc", released="on")
    moving.journey.take("withdraw", "citizen", reason="不转了")
    assert moving.books() == ["sealed", Decimal(OLD), 0]


def test_a_booking_is_put_right_by_another_journal_only(world: World) -> None:
    moving = Moving(world).sent().arrives()
    moving.journey.take("correct_booking", "fund_cq", difference="1.66", reason="少结息")
    assert moving.books() == ["closed", 0, Decimal("30014.00")]
    with pytest.raises(NotAllowed):
        moving.journey.take("reverse_booking", "fund_cq", reason="转错")
    moving.journey.take("correct_booking", "fund_cq", difference="-1.66", reason="更正有误")
    moving.journey.take("reverse_booking", "fund_cq", reason="转错")
    assert moving.books() == ["moving", Decimal(ALL), 0]
    assert Account.objects.get(pk=moving.new.pk).months.count() == 2
    moving.sent_again().arrives()
    kinds = list(Journal.objects.filter(kind="corrected").values_list("memo", flat=True))
    assert kinds == ["少结息", "更正有误", "转错"]


def test_an_account_is_frozen_for_one_transfer_at_a_time(world: World) -> None:
    moving = Moving(world).accepted()
    ledger.freeze(account_id=moving.old.pk)
    with pytest.raises(InvalidData, match="转出中"):
        moving.journey.take("confirm", "fund_sc", released="on")


def test_where_one_centre_s_accounts_are_elsewhere_only_the_other_s_move(world: World) -> None:
    moving = Moving(world)
    ledger.withdraw(
        account_id=moving.old.pk, amount=Decimal(OLD), at=at("2026-05-11 09:30"),
        on=dt.date(2026, 5, 11), key="gone",
    )  # fmt: skip
    moving.old.months.all().delete()
    Account.objects.filter(pk=moving.old.pk).update(centre=world.office("513400", "housing_fund"))
    moving.accepted().journey.take("confirm", "fund_sc", released="on")
    figures = {"principal": OLD, "interest": INTEREST, "months": "3", "loan_uses": "0"}
    moving.journey.take("send_sheet", "fund_sc", **figures)
    moving.sent_again().arrives(letter_number="LXH0", amount="30112.34")
    assert ledger.totals()["suspense"] == Decimal("30112.34")
    moving.journey.take("match_by_hand", "fund_cq", reason="已核实")
    assert moving.books()[2] == Decimal(ALL)
    moving.journey.take("return_surplus", "fund_cq", voucher="TH0001")
    assert ledger.totals()["suspense"] == 0


def test_both_centres_see_the_panel_and_nobody_else(
    world: World, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    moving = Moving(world).sent()
    page = f"/desk/{moving.case.number}/"
    for who, sees in (("fund_cq", True), ("fund_sc", True), ("supervisor_cq", False)):
        client.force_login(world.people[who])
        with django_assert_max_num_queries(40):
            shown = client.get(page)
        assert shown.status_code == 200
        text = shown.content.decode()
        assert ("两地账户与资金" in text, moving.old.number in text) == (sees, sees), who
        assert ("在途资金" in text and "很可能" in text) == sees
    client.force_login(world.clerk_cq)
    assert client.get(page).status_code == 404


def test_a_live_loan_that_may_move_is_marked_at_the_new_centre_and_comes_back_with_a_reversal(
    world: World,
) -> None:
    """达州's own loan becomes a cross-city one, by the 账户信息表 and without a new certificate."""
    world.matter("异地贷款账户标记")
    moving = Moving(world).accepted()
    loan = loan_made(moving.old, moving.old.centre)
    decided = {"released": "on", "decision": "本中心规定允许随账户转移"}
    moving.journey.take("confirm", "fund_sc", **decided)
    moving.journey.take("send_sheet", "fund_sc", interest=INTEREST)
    assert moving.case.facts["sheet"]["live_loans"] == 1
    moving.sent_again().arrives()
    assert Mark.objects.get(lifted_at=None).account == moving.new
    moving.journey.take("reverse_booking", "fund_cq", reason="转错")
    assert not Mark.objects.filter(lifted_at=None).exists()
    assert loan.borrowers.get().account == moving.old
    assert not unmarked().exists()


def test_before_handing_in_people_read_of_their_own_accounts_only(world: World) -> None:
    moving = Moving(world)
    owner = User.objects.create(username="zhou", name="周德福", kind="citizen", id_number=ZHOU_ID)
    places = {"receiving_region": "500101", "sending_region": "511702"}
    on = dt.date(2026, 5, 11)
    mine = foretold([PartyInput("applicant", "周德福", owner, ZHOU_ID)], places, on)
    assert mine is not None
    assert any(moving.old.number in line for line in mine.lines)
    assert not mine.is_obstacle
    stranger = PartyInput("applicant", "周德福", world.citizen, ZHOU_ID)
    assert foretold([stranger], places | {"id_number": ZHOU_ID}, on) is None
