"""An employer's list: one case a person, a result each, and a wrong row opens nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from matters.housing_fund import ledger
from matters.housing_fund.models import Account
from tests.housing_fund.conftest import opened
from tests.world import World, answers_for, at
from tongban.accounts.demonstration.people import id_number
from tongban.accounts.models import User
from workflows.cases.models import Case, Party
from workflows.cases.perform import InvalidData
from workflows.cases.waking import take_wakes

GROUP = "单位集中办理住房公积金异地转移接续"
NAMES = ("王一", "李二", "赵三")


class Employer:
    """Three people of one employer, whose old accounts lie in 达州."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.matter("住房公积金异地转移接续")
        self.rows = [self._row(nth, name) for nth, name in enumerate(NAMES, start=1)]

    def _row(self, nth: int, name: str) -> dict[str, str]:
        number = id_number("511702", dt.date(1990, 1, nth), 100 + nth)
        who = {"name": name, "id_number": number}
        new = opened(self.world.office("500000", "housing_fund"), **who)
        opened(self.world.office("511700", "housing_fund"), "1000.00", status="sealed", **who)
        return {**who, "phone": "13800000000", "account": new.number}

    def hand_in(self) -> Case:
        version = self.world.matter(GROUP)
        places = {"receiving_region": "500101", "sending_region": "511702"}
        data = answers_for(version, employees=self.rows, **places)
        return self.world.open(version, at=at("2026-05-11 09:00"), data=data)

    def people(self) -> list[Any]:
        return list(Case.objects.filter(flow="fund_transfer").order_by("id"))

    def transfer(self, case: Case) -> None:
        steps: list[tuple[str, str, dict[str, str]]] = [
            ("accept", "fund_cq", {"checked": "on"}),
            ("confirm", "fund_sc", {"released": "on"}),
            ("send_sheet", "fund_sc", {"interest": "1.00"}),
            ("send_money", "fund_sc", {"amount": "1001.00", "voucher": "LS01"}),
        ]
        for hour, (step, by, data) in enumerate(steps):
            self.world.take(case, step, by, data, at=at(f"2026-05-11 1{hour}:00"))
        row = next(row for row in self.rows if row["name"] == case.applicant_name)
        letter = Case.objects.get(pk=case.pk).facts["letter"]
        keys = {"letter_number": letter, "id_number": row["id_number"], "amount": "1001.00"}
        self.world.take(
            case, "money_arrives", "fund_cq", {**keys, "voucher": "DZ01"}, at=at("2026-05-11 15:00")
        )
        self.world.take(case, "conclude", "fund_cq", at=at("2026-05-11 16:00"))


@pytest.fixture
def employer(world: World) -> Employer:
    return Employer(world)


@pytest.mark.parametrize(
    ("column", "typed", "said"),
    [
        ("id_number", "511702199001021015", "第 2 人：身份证号"),
        ("phone", "138", "第 2 人：请填写"),
        ("account", "", "第 2 人：请填写个人公积金账号"),
        ("account", "500000999", "第 2 人：个人公积金账号与身份证号对不上"),
    ],
)
def test_a_wrong_row_is_named_with_its_column_and_nothing_is_opened(
    employer: Employer, column: str, typed: str, said: str
) -> None:
    employer.rows[1][column] = typed
    with pytest.raises(InvalidData) as wrong:
        employer.hand_in()
    assert said[:6] in str(wrong.value.form.errors)
    assert not Case.objects.exists()


def test_each_person_has_a_result_and_one_refusal_undoes_no_other(
    employer: Employer, client: Client
) -> None:
    whole = employer.hand_in()
    first, second, third = employer.people()
    employer.transfer(first)
    employer.transfer(third)
    employer.world.take(
        second, "refuse", "fund_cq", {"reason": "转入地缴存不正常"}, at=at("2026-05-11 12:00")
    )
    take_wakes()
    whole = Case.objects.get(pk=whole.pk)
    assert (whole.state, whole.outcome) == ("completed", "done")
    assert Account.objects.filter(status="closed").count() == 2
    assert ledger.differences() == []
    client.force_login(employer.world.citizen)
    page = client.get(f"/my/{whole.number}/").content.decode()
    assert all(name in page for name in NAMES)
    assert page.count("已入账 1001.00 元") == 2
    assert "转入地缴存不正常" in page
    assert "已重新提交" not in page


def test_a_person_of_the_list_sees_their_own_case_and_nobody_else_s(
    world: World, client: Client
) -> None:
    employer = Employer(world)
    who = employer.rows[0]
    mine = User.objects.create(
        username="wang", name=who["name"], kind="citizen", id_number=who["id_number"], password="!"
    )
    employer.hand_in()
    first, second, _ = employer.people()
    client.force_login(mine)
    assert client.get(f"/my/{first.number}/").status_code == 200
    assert client.get(f"/my/{second.number}/").status_code == 404
    agents = Party.objects.filter(role="agent", case=first)
    assert [party.user for party in agents] == [world.citizen]


def test_withdrawing_the_whole_withdraws_whose_money_is_not_on_its_way(
    employer: Employer,
) -> None:
    whole = employer.hand_in()
    first, *_ = employer.people()
    for step, by, data in (
        ("accept", "fund_cq", {"checked": "on"}),
        ("confirm", "fund_sc", {"released": "on"}),
    ):
        employer.world.take(first, step, by, data, at=at("2026-05-11 10:00"))
    employer.world.take(
        whole, "withdraw", "citizen", {"reason": "不办了"}, at=at("2026-05-11 11:00")
    )
    assert {case.state for case in employer.people()} == {"withdrawn"}
    assert Case.objects.get(pk=whole.pk).state == "withdrawn"
    assert not Account.objects.filter(status="moving").exists()
