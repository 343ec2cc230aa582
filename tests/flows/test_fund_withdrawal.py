"""公积金提取: each kind with what forbids it, the amount to the fen, and the money out of the account once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from matters.housing_fund import ledger
from matters.housing_fund.models import Account, DepositMonth, Mark, Withdrawal
from tests.flows.withdrawals import ACCOUNT, FACTS, VOUCHER
from tests.housing_fund.conftest import opened
from tests.portal.conftest import signed_in
from tests.world import ANSWERS, LIN_ID, ZHOU_ID, World, answers_for, at
from tongban.accounts.actors import SYSTEM
from tongban.offices.models import Office
from workflows.cases.flow import Foretold
from workflows.cases.models import Case
from workflows.cases.opening import PartyInput
from workflows.cases.perform import InvalidData, NotAllowed, perform
from workflows.cases.registry import flow_class

RETIRED, BOUGHT = "正常退休提取住房公积金", "购房提取住房公积金"
RENTED, REPAID = "租房提取住房公积金", "提取住房公积金偿还异地贷款"
CQ, DZ = ("500000", "housing_fund"), ("511700", "housing_fund")
NOON = "2026-09-21 12:00"
CHECKED = {"checked": "on"}
BASIS = CHECKED | {"basis": "按缴存地规定核定"}
BY_WINDOW = [
    {"seat": "collector", "office_kind": "housing_fund", "level": "city", "region": "origin"},
    {"seat": "owner", "office_kind": "housing_fund", "level": "city",
     "region": "field:deposit_region"},
]  # fmt: skip


@pytest.fixture
def centre(world: World) -> World:
    """Two people at 重庆's centre, one at 达州's; 周德福 (born 1955) applies."""
    world.post("one", "甲", *CQ, "clerk")
    world.post("two", "乙", *CQ, "clerk")
    world.post("away", "丙", *DZ, "clerk")
    world.post("away_two", "丁", *DZ, "clerk")
    return world


def account(world: World, balance: str = "20000.00", place: Any = CQ, **more: Any) -> Account:
    given = {"name": ANSWERS["name"], "id_number": ZHOU_ID, "status": "sealed"}
    return opened(world.office(*place), balance, **(given | more))


def asked(
    world: World,
    matter: str,
    place: Any = CQ,
    changes: Mapping[str, Any] | None = None,
    **said: Any,
) -> Case:
    version = world.matter(matter, **(changes or {}))
    world.parts(version)
    given = {"deposit_region": place[0], "id_number": ZHOU_ID, "account_name": ANSWERS["name"]}
    codes = {field["code"] for field in version.definition["fields"]}
    answers = answers_for(version) | {k: v for k, v in (given | said).items() if k in codes}
    answers = {k: v for k, v in answers.items() if v is not None}
    offices: dict[str, Office] = {"owner": world.office(*place)}
    if any(seat["seat"] == "collector" for seat in version.definition["seats"]):
        offices["collector"] = world.office(*(DZ if place == CQ else CQ))
    applicant = PartyInput(role="applicant", name="周德福", user=world.citizen, id_number=ZHOU_ID)
    return world.open(version, data=answers, parties=[applicant], offices=offices, at=at(NOON))


def taken(world: World, case: Case, *steps: tuple[str, str, Mapping[str, Any]]) -> Case:
    for step, by, data in steps:
        world.take(case, step, by, data, at=at(NOON))
    return Case.objects.get(pk=case.pk)


def accepted(world: World, case: Case) -> Case:
    clerk, window = (
        ("one", "away") if case.office_of("owner") == world.office(*CQ).pk else ("away", "one")
    )
    if case.state == "collecting":
        papers = [paper.pk for paper in case.materials.all()]
        taken(world, case, ("collect", window, {"identity_checked": "on", "papers": papers}))
    return taken(world, case, ("accept", clerk, {}))


def refused(world: World, case: Case, by: str = "one", data: Mapping[str, Any] = BASIS) -> str:
    """What the form of 核定金额 says against it."""
    with pytest.raises(InvalidData) as stopped:
        taken(world, case, ("settle_amount", by, data))
    return str(stopped.value.form.errors.as_text())


def paid(world: World, case: Case, data: Mapping[str, Any] = BASIS, at_: str = "one") -> Case:
    other = {"one": "two", "away": "away_two"}[at_]
    return taken(
        world,
        accepted(world, case),
        ("settle_amount", at_, data),
        ("approve", other, {}),
        ("confirm_paid", at_, VOUCHER),
    )


def test_a_retired_person_gets_all_that_is_in_the_sealed_account(centre: World) -> None:
    row = account(centre)
    done = paid(centre, asked(centre, RETIRED, proof_number="TX-1"), CHECKED)
    assert (done.state, done.outcome) == ("paid", "done")
    row.refresh_from_db()
    assert row.balance == 0
    assert Withdrawal.objects.get().amount == Decimal("20000.00")
    assert ledger.differences() == []


@pytest.mark.parametrize(
    ("more", "said", "why"),
    [
        ({"status": "normal"}, {"proof_number": "TX-1"}, "退休提取要先封存账户"),
        ({"status": "frozen"}, {"proof_number": "TX-1"}, "司法冻结，不能提取"),
        ({}, {"proof_number": None}, "请填写退休证明编号"),
        ({}, {"proof_number": "TX-1", "account_name": "林晓梅"}, "收款账户不是本人的"),
        ({"id_number": LIN_ID}, {"proof_number": "TX-1"}, "没有找到申请人的公积金账户"),
        ({}, {"proof_number": "TX-1", "id_number": LIN_ID}, "不是这个公积金账户的本人"),
    ],
)
def test_a_retirement_is_refused_by_rule_and_register(
    centre: World, more: dict[str, Any], said: dict[str, Any], why: str
) -> None:
    account(centre, **more)
    case = accepted(centre, asked(centre, RETIRED, **said))
    assert why in refused(centre, case)


def test_a_city_whose_rule_nobody_published_decides_and_says_on_what_basis(centre: World) -> None:
    account(centre, place=DZ)
    case = accepted(centre, asked(centre, RETIRED, DZ))
    said = refused(centre, case, "away", CHECKED)
    assert "“退休提取的条件”没有查到" in said
    assert "请填写核定的金额" in said
    taken(centre, case, ("settle_amount", "away", BASIS | {"amount": "19999.99"}))
    assert Withdrawal.objects.get().amount == Decimal("19999.99")


def test_a_marked_account_pays_out_only_for_its_loan(centre: World) -> None:
    row = account(centre)
    mark = Mark.objects.create(
        account=row, loan_key="HT-1", loan_centre=centre.office(*DZ), marked_at=at(NOON)
    )
    case = accepted(centre, asked(centre, RETIRED, proof_number="TX-1"))
    assert "HT-1" in refused(centre, case)
    mark.delete()
    taken(centre, case, ("settle_amount", "one", CHECKED), ("approve", "two", {}))
    mark.save(force_insert=True)
    with pytest.raises(InvalidData, match="HT-1"):
        taken(centre, case, ("confirm_paid", "one", VOUCHER))
    assert Account.objects.get(pk=row.pk).balance == Decimal("20000.00")


RENT: dict[str, Any] = {
    "rent": "2000",
    "rent_area": "central",
    "couple": "no",
    "spouse_id": None,
    "children": "0",
}


def test_rent_is_paid_up_to_the_year_s_limit_and_not_one_fen_more(centre: World) -> None:
    row = account(centre, "50000.00", status="normal")
    first = accepted(centre, asked(centre, RENTED, **RENT))
    said = refused(centre, first, data=BASIS | {"amount": "21600.01"})
    assert "不能超过21600" in said
    paid_first = taken(
        centre, first, ("settle_amount", "one", BASIS | {"amount": "20000"}),
        ("approve", "two", {}), ("confirm_paid", "one", VOUCHER),
    )  # fmt: skip
    assert paid_first.state == "paid"
    assert DepositMonth.objects.get(account=row).for_rent == Decimal(20000)
    # The rest of the year's limit, and then nothing.
    assert (
        paid(centre, asked(centre, RENTED, **RENT), CHECKED).facts["withdrawal"]["amount"]
        == "1600.00"
    )
    assert "今年已提取21,600元" in refused(centre, accepted(centre, asked(centre, RENTED, **RENT)))
    assert ledger.differences() == []


def test_an_area_of_another_city_is_a_slip_to_be_corrected(centre: World) -> None:
    account(centre, status="normal")
    case = accepted(centre, asked(centre, RENTED, **(RENT | {"rent_area": "suburb"})))
    assert "没有分“郊区新城”" in refused(centre, case)


def test_a_couple_shares_one_limit_at_whatever_centre(centre: World) -> None:
    account(centre, "50000.00", status="normal")
    hers = opened(centre.office(*DZ), "9000.00", name="林晓梅", id_number=LIN_ID)
    DepositMonth.objects.create(
        account=hers, month=dt.date(2026, 2, 1), for_rent=Decimal(3000),
        withdrawn=Decimal(3000), deposited_at=hers.centre,
    )  # fmt: skip
    both = RENT | {"couple": "yes", "spouse_id": LIN_ID, "rent": "9000"}
    case = accepted(centre, asked(centre, RENTED, **both))
    taken(centre, case, ("settle_amount", "one", CHECKED))
    # 3,600 a month, less what she had at 达州.
    assert Withdrawal.objects.get().amount == Decimal(43200 - 3000)


HOME: dict[str, Any] = {
    "home_number": "ht 2026-1",
    "paid": "8000",
    "price": "900000",
    "home_region": "511700",
}


def test_one_home_is_withdrawn_for_once_and_not_beside_rent(centre: World) -> None:
    account(centre)
    account(centre, place=DZ)
    done = paid(centre, asked(centre, BOUGHT, **HOME), BASIS | {"amount": "8000"})
    assert done.state == "handing_over"
    assert taken(centre, done, ("hand_over", "away", {"receiver": "周德福"})).state == "paid"
    again = accepted(centre, asked(centre, BOUGHT, DZ, **(HOME | {"home_number": "ＨＴ2026-1"})))
    assert "同一套住房已在" in refused(centre, again, "away")
    rented = accepted(centre, asked(centre, RENTED, DZ, **RENT))
    assert "不能既租房提取又购房提取" in refused(centre, rented, "away", BASIS | {"amount": "1"})


def test_what_is_under_way_counts_until_it_is_let_go(centre: World) -> None:
    account(centre)
    first = accepted(centre, asked(centre, RETIRED, proof_number="TX-1"))
    taken(centre, first, ("settle_amount", "one", CHECKED))
    second = accepted(centre, asked(centre, BOUGHT, **HOME))
    assert "在途的退休提取" in refused(centre, second)
    taken(centre, first, ("return_to_check", "two", {"reason": "再核"}))
    taken(centre, second, ("settle_amount", "one", BASIS | {"amount": "8000"}))
    assert "在途的购房提取" in refused(centre, first, data=CHECKED)


def test_the_bank_s_refusal_leaves_the_account_whole_until_it_is_corrected(centre: World) -> None:
    row = account(centre)
    case = accepted(centre, asked(centre, RETIRED, proof_number="TX-1"))
    back = taken(
        centre, case, ("settle_amount", "one", CHECKED), ("approve", "two", {}),
        ("refused_by_bank", "one", {"reason": "户名不符"}),
    )  # fmt: skip
    assert back.state == "pay_failed"
    assert Account.objects.get(pk=row.pk).balance == Decimal("20000.00")
    with pytest.raises(InvalidData, match="本人"):
        taken(centre, case, ("correct_account", "citizen", ACCOUNT | {"account_name": "别人"}))
    done = taken(
        centre, case, ("correct_account", "citizen", ACCOUNT), ("confirm_paid", "one", VOUCHER)
    )
    assert done.state == "paid"
    assert Account.objects.get(pk=row.pk).balance == 0


def test_nobody_settles_and_approves_the_same_withdrawal(centre: World) -> None:
    account(centre)
    case = accepted(centre, asked(centre, RETIRED, proof_number="TX-1"))
    taken(centre, case, ("settle_amount", "one", CHECKED))
    with pytest.raises(NotAllowed):
        taken(centre, case, ("approve", "one", {}))


@pytest.mark.parametrize("matter", [RETIRED, RENTED, REPAID])
def test_every_kind_has_the_way_by_a_window(centre: World, matter: str) -> None:
    case = asked(centre, matter, changes={"seats": BY_WINDOW}, loan_year="2026")
    assert case.state == "collecting"
    assert accepted(centre, case).state == "checking"


def test_a_purchase_is_handed_in_online_where_its_matter_has_no_window(centre: World) -> None:
    assert asked(centre, BOUGHT, changes={"seats": BY_WINDOW[1:]}, **HOME).state == "submitted"


LOAN: dict[str, Any] = {"loan_region": "511700", "loan_number": "HT-1", "loan_year": "2026"}


def lender_says(world: World, case: Case, step: str, data: Mapping[str, Any]) -> Case:
    taken(world, case, ("ask_loan_city", "one", {}))
    child = Case.objects.get(parent_id=case.pk, closed_at=None)
    assert child.office_of("lender") == world.office(*DZ).pk
    world.take(child, step, "away", data, at=at(NOON))
    now = Case.objects.get(pk=case.pk)
    perform(case.pk, "child_closed", actor=SYSTEM, data={}, token=now.seq, at=at(NOON))
    return Case.objects.get(pk=case.pk)


def test_a_loan_elsewhere_is_repaid_once_a_year_up_to_what_its_city_confirms(centre: World) -> None:
    row = account(centre, "50000.00", status="normal")
    Mark.objects.create(
        account=row, loan_key="HT-1", loan_centre=centre.office(*DZ), marked_at=at(NOON)
    )
    case = accepted(centre, asked(centre, REPAID, **LOAN))
    assert "还没有答复贷款情况" in refused(centre, case)
    lender_says(centre, case, "report_difference", {"reason": "合同编号不存在"})
    assert "合同编号不存在" in refused(centre, case)
    lender_says(centre, case, "confirm_facts", FACTS)
    assert "不能超过24000" in refused(centre, case, data=BASIS | {"amount": "24000.01"})
    done = taken(
        centre, case, ("settle_amount", "one", BASIS | {"amount": "24000"}),
        ("approve", "two", {}), ("confirm_paid", "one", VOUCHER),
    )  # fmt: skip
    assert (done.state, Account.objects.get(pk=row.pk).balance) == ("paid", Decimal(26000))
    told = Case.objects.get(number=done.facts["lender"]["number"])
    assert (told.state, told.facts["withdrawn"]) == ("confirmed", "24000.00")
    again = accepted(centre, asked(centre, REPAID, **(LOAN | {"loan_number": "ht-1"})))
    lender_says(centre, again, "confirm_facts", FACTS)
    assert "2026年度已在" in refused(centre, again)


def test_only_the_centre_of_the_account_reads_its_books(centre: World) -> None:
    account(centre)
    case = accepted(centre, asked(centre, BOUGHT, **HOME))
    page = signed_in(centre.people["one"]).get(f"/desk/{case.number}/").content.decode()
    assert "20,000.00元" in page
    assert "“购房提取的条件和额度”没有查到" in page
    for who, address in (("away", f"/desk/{case.number}/"), ("citizen", f"/my/{case.number}/")):
        page = signed_in(centre.people[who]).get(address).content.decode()
        assert "20,000" not in page
    taken(centre, case, ("settle_amount", "one", BASIS | {"amount": "8000"}))
    mine = signed_in(centre.citizen).get(f"/my/{case.number}/").content.decode()
    assert "核定可提取" in mine
    assert "8,000.00元" in mine


def before(world: World, **said: Any) -> Foretold | None:
    world.citizen.id_number = ZHOU_ID
    world.citizen.save()
    me = PartyInput(role="applicant", name="周德福", user=world.citizen)
    given = {"deposit_region": CQ[0], "id_number": ZHOU_ID} | said
    return flow_class("fund_withdrawal").told_before([me], given, at(NOON).date())


def test_before_handing_in_one_hears_of_one_s_own_account_and_of_nobody_else_s(
    centre: World,
) -> None:
    assert before(centre) is None
    account(centre, status="normal")
    told = before(centre)
    assert told is not None
    assert told.is_obstacle
    assert any("封存" in line for line in told.lines)
    rent = before(centre, rent="1000", rent_area="central")
    assert rent is not None
    assert "最多可提取 12,000元" in rent.lines[-1]
    # A spouse's withdrawals, or what others took for a home, are not told to whoever types a number.
    hers = opened(centre.office(*DZ), "9.00", name="林晓梅", id_number=LIN_ID)
    DepositMonth.objects.create(
        account=hers, month=dt.date(2026, 2, 1), for_rent=Decimal(3), deposited_at=hers.centre
    )
    both = before(centre, rent="1000", rent_area="central", spouse_id=LIN_ID)
    assert both is not None
    assert "最多可提取 12,000元" in both.lines[-1]
    assert before(centre, id_number=LIN_ID) is None


def test_withdrawing_the_application_ends_the_question_too(centre: World) -> None:
    account(centre, status="normal")
    case = accepted(centre, asked(centre, REPAID, **LOAN))
    taken(centre, case, ("ask_loan_city", "one", {}), ("withdraw", "citizen", {"reason": "不提了"}))
    assert Case.objects.get(parent_id=case.pk).state == "dropped"
