"""我在那边能贷多少, 月供, 租房提取: answered from what is typed or from one's own account, never from another's."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from matters.housing_fund.models import Account, DepositMonth
from tests.housing_fund.conftest import opened
from tests.portal.conftest import signed_in
from tests.world import LIN_ID, ZHOU_ID, World

LOAN, REPAYMENT, RENT = (f"/housing-fund/{name}/" for name in ("loan", "repayment", "rent"))
TODAY = dt.date(2026, 9, 21)
TYPED = {
    "who": "typed",
    "city": "500000",
    "price": "1,000,000",
    "down_payment": "200000",
    "home": "first",
    "housing": "ordinary",
    "product": "employee",
    "balance": "20000",
    "count": "24",
}
PAIR = TYPED | {"who": "typed_two", "spouse_balance": "90000", "spouse_count": "12"}
MINE = {name: TYPED[name] for name in ("city", "price", "home", "housing")} | {"who": "me"}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)


def shown(address: str, asked: dict[str, str], client: Client | None = None) -> str:
    made = (client or Client()).get(f"{address}?{urlencode(asked)}" if asked else address)
    assert made.status_code == 200
    return str(made.content.decode())


def account_of_lin(world: World, opening: str = "10000") -> Account:
    account = opened(world.office("500000", "housing_fund"), opening, id_number=LIN_ID)
    DepositMonth.objects.bulk_create(
        DepositMonth(
            account=account,
            month=dt.date(2026, month, 1),
            deposited=Decimal(1000),
            deposited_at=account.centre,
        )
        for month in range(1, 9)
    )
    return account


@pytest.mark.parametrize(
    ("asked", "amount", "why"),
    [
        (TYPED, "500,000.00元", "继续缴存"),
        (PAIR, "800,000.00元", "房价减去首付"),
        (PAIR | {"down_payment": "200000", "price": "3000000"}, "", "首付200,000元不够"),
        (PAIR | {"down_payment": "", "price": "3000000"}, "1,200,000.00元", "最高额度"),
        (TYPED | {"count": "3"}, "", "满 6 个月才能申请"),
    ],
)
def test_the_amount_and_the_reason_for_its_limit_stand_together(
    world: World, asked: dict[str, str], amount: str, why: str
) -> None:
    page = shown(LOAN, asked)
    assert amount in page
    assert why in page
    assert "试算，以公积金中心审核为准" in page


def test_rules_stand_with_their_certainty_and_source_and_doubts_beside_them(world: World) -> None:
    page = shown(LOAN, TYPED | {"children": "2", "balance": "90000"})
    assert "贷款最高额度" in page
    assert "很可能" in page
    assert 'href="http://yzzsnet.com/techan/205064.html"' in page
    assert "若不算，则为" in page


def test_a_city_without_rules_is_named_and_nothing_is_guessed(world: World) -> None:
    page = shown(LOAN, TYPED | {"city": "511700"})
    assert "缺少规则，不能猜" in page
    assert "达州市" in page
    assert "511700 " not in page.split('id="answer"')[1]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("who", "me", "请从所列的选项中选一项"),
        ("who", "x", "请从所列的选项中选一项"),
        ("city", "", "请选择一项"),
        ("city", "110000", "请从所列的选项中选一项"),
        ("price", "", "请填写金额"),
        ("price", "很多", "请填写金额"),
        ("price", "0", "请填写大于 0 的房价"),
        ("price", "9" * 14, "金额过大"),
        ("down_payment", "-1", "金额不能小于 0"),
        ("down_payment", "2000000", "首付不能多于房价"),
        ("children", "21", "请填写 0 到 20 之间的整数"),
        ("home", "third", "请从所列的选项中选一项"),
        ("housing", "castle", "请从所列的选项中选一项"),
        ("product", "x", "请从所列的选项中选一项"),
        ("balance", "", "请填写账户余额，或者下面的每月缴存"),
        ("balance", "1.234", "金额最多两位小数"),
        ("monthly", "a", "请填写金额"),
        ("count", "", "请填写 1 到 600 之间的整数"),
        ("count", "1.5", "请填写 1 到 600 之间的整数"),
        ("spouse_count", "", "请填写 1 到 600 之间的整数"),
        ("spouse_balance", "", "请填写账户余额，或者下面的每月缴存"),
        ("spouse_monthly", "x", "请填写金额"),
        ("spouse_product", "x", "请从所列的选项中选一项"),
    ],
)
def test_each_mistake_is_said_at_its_field_and_what_was_typed_stays(
    world: World, name: str, value: str, said: str
) -> None:
    page = shown(LOAN, PAIR | {name: value})
    field = page.split(f'id="id_{name}_error"')[1].split("</div>")[0]
    assert said in field
    assert 'value="1,000,000"' in page or name == "price"
    assert "最多能贷" not in page


def test_what_is_asked_only_of_others_is_not_looked_at(world: World) -> None:
    page = shown(LOAN, TYPED | {"spouse_balance": "x", "spouse_count": "-5"})
    assert "500,000.00元" in page


def test_one_s_own_account_is_found_and_its_months_are_counted(world: World, lin: Client) -> None:
    account_of_lin(world)
    page = shown(LOAN, MINE, lin)
    assert "余额 10,000.00元" in page
    assert "250,000.00元" in page
    assert "本人：账户余额" in page
    with_spouse = shown(LOAN, PAIR | {"who": "me_two"}, lin)
    assert "800,000.00元" in with_spouse
    assert "只能由配偶本人查看" in with_spouse


def test_who_stopped_depositing_long_ago_begins_anew(world: World, lin: Client) -> None:
    account = account_of_lin(world)
    account.months.filter(month__gte=dt.date(2026, 4, 1)).delete()
    assert "连续缴存 0 个月" in shown(LOAN, MINE, lin)


def test_nobody_finds_another_s_account(world: World, lin: Client, outsider: Client) -> None:
    hers = account_of_lin(world)
    other = opened(world.office("511700", "housing_fund"), "70000", id_number=ZHOU_ID)
    for client in (Client(), outsider, signed_in(world.people["clerk_cq"])):
        page = shown(LOAN, MINE, client)
        assert "请从所列的选项中选一项" in page
        assert "10,000" not in page
    assert "70,000" not in shown(LOAN, MINE | {"account": str(other.pk)}, lin)
    assert "没有找到您名下的公积金账户" in shown(LOAN, {}, outsider)
    second = opened(world.office("511700", "housing_fund"), "3", id_number=LIN_ID)
    assert "请从所列的选项中选一项" in shown(LOAN, MINE | {"account": str(other.pk)}, lin)
    assert "250,000.00元" in shown(LOAN, MINE | {"account": str(hers.pk)}, lin)
    # Of 四川's account the loan city's 25 times count all the same, three yuan of it.
    assert "75.00元" in shown(LOAN, MINE | {"account": str(second.pk)}, lin)


def test_statements_do_not_grow_with_accounts_or_months(world: World, lin: Client) -> None:
    account_of_lin(world)
    shown(LOAN, MINE, lin)
    with CaptureQueriesContext(connection) as few:
        shown(LOAN, MINE, lin)
    assert len(few) <= 6, [each["sql"][:90] for each in few]
    with CaptureQueriesContext(connection) as none:
        shown(LOAN, TYPED)
    assert len(none) == 0


@pytest.mark.parametrize(
    ("address", "asked", "said"),
    [
        (REPAYMENT, {"principal": "300000", "months": "360", "rate": "3.25"}, "1,305.62元"),
        (
            REPAYMENT,
            {"principal": "300000", "months": "360", "rate": "3.25", "method": "equal_principal"},
            "1,645.83元",
        ),
        (REPAYMENT, {"principal": "300000", "months": "360"}, "凭记忆|未经核实的说法"),
        (REPAYMENT, {"principal": "0", "months": "12"}, "请填写大于 0 的金额"),
        (REPAYMENT, {"principal": "1", "months": "361"}, "请填写 1 到 360 之间的整数"),
        (REPAYMENT, {"principal": "1", "months": "12", "rate": "x"}, "例如 2.6"),
        (RENT, {"area": "central", "people": "2"}, "43,200.00元"),
        (RENT, {"area": "central", "rent": "1000"}, "房租只有这么多"),
        (RENT, {"area": "suburb"}, "这座城市分的是：中心城区、其他区县"),
        (RENT, {"area": "suburb", "city": "511700"}, "缺少规则，不能猜"),
        (RENT, {"area": ""}, "请选择一项"),
        (RENT, {"area": "central", "people": "3"}, "请从所列的选项中选一项"),
        (RENT, {"area": "central", "rent": "x"}, "请填写金额"),
    ],
)
def test_repayment_and_rent(world: World, address: str, asked: dict[str, str], said: str) -> None:
    base = {"city": "500000", "home": "first", "method": "equal_payment", "people": "1"}
    page = shown(address, base | asked)
    assert any(each in page for each in said.split("|")), page.split('id="answer"')[1][:600]


def test_the_pages_are_found_from_home_and_from_the_matters_of_the_fund(world: World) -> None:
    assert LOAN in shown("/", {})
    slug = world.matter("购房提取住房公积金").matter.slug
    assert LOAN in shown(f"/matters/{slug}/", {})
    other = world.matter("困难残疾人生活补贴").matter.slug
    assert LOAN not in shown(f"/matters/{other}/", {})
