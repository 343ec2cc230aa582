"""我能去那边看病吗，要花多少？ What is asked, what is answered, and what is only a trial sum."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from matters.catalogue.models import Matter
from matters.medical.bill import Bill, YearToDate
from matters.medical.models import Filing, Freeze
from matters.medical.rules import rule_book
from matters.medical.settlement import settle
from tests.portal.conftest import signed_in
from tests.portal.insured import CHECKED, acts_for_father, father, insure, settled
from tests.world import World
from tongban.offices.models import Department
from tongban.templatetags.formats import zh_money

GOING = "/medical/going/"
COVER = {"pool": "500000", "type": "resident", "age": "72", "class": "tier_1"}
MONEY = {"estimate": "1", "level": "tier_3", "sum": "20000", "outside": "10"}


def soon(days: int = 3) -> str:
    return (timezone.localdate() + dt.timedelta(days=days)).isoformat()


def asked(client: Client, answers: Mapping[str, str]) -> str:
    return client.get(f"{GOING}?{urlencode(answers)}").content.decode()


def trip(**other: str) -> dict[str, str]:
    """From 重庆 to 达州, to lie in a hospital there, in three days."""
    return {**COVER, "to": "511700", "visit": "inpatient", "now": "before", "on": soon(), **other}


def test_questions_come_one_by_one_and_take_their_answers_along(world: World) -> None:
    client = Client()
    titles = ["医保在哪里参加的？", "参加的是哪种医保？", "今年多大？", "属于下面哪一类？",
              "打算去哪里看病？", "这次是哪种看病？", "现在到哪一步了？", "打算哪天去？"]  # fmt: skip
    answers: dict[str, str] = {}
    for title, (code, answer) in zip(titles, trip().items(), strict=True):
        assert title in asked(client, answers)
        answers[code] = answer
    assert "您的回答" in asked(client, answers)


@pytest.mark.parametrize(
    ("code", "typed", "said"),
    [
        ("pool", {"pool": "110000"}, "请从所列的选项中选一项"),
        ("type", {"type": "else"}, "请从所列的选项中选一项"),
        ("age", {"age": "900"}, "请填写 0 到 120 之间的周岁数"),
        ("age", {"age": "七十"}, "请填写 0 到 120 之间的周岁数"),
        ("class", {"class": "active"}, "请从所列的选项中选一项"),
        ("to", {"to": ""}, "请选择一项"),
        ("visit", {"visit": "x"}, "请从所列的选项中选一项"),
        ("now", {"now": "then"}, "请从所列的选项中选一项"),
        ("on", {"on_year": "2026", "on_month": "13", "on_day": "1"}, "没有这一天"),
        ("on", {"on_year": "2020", "on_month": "1", "on_day": "1"}, "不能早于"),
        ("on", {"on_year": "2199", "on_month": "1", "on_day": "1"}, "不能晚于"),
        ("level", {"level": "tier_9"}, "请从所列的选项中选一项"),
        ("sum", {"sum": "0"}, "请填写 1 到 2000000 之间的整数"),
        ("outside", {"outside": "99"}, "请从所列的选项中选一项"),
    ],
)
def test_a_wrong_answer_is_asked_again_with_what_to_do(
    world: World, code: str, typed: dict[str, str], said: str
) -> None:
    whole = trip(**MONEY)
    before = {name: whole[name] for name in list(whole)[: list(whole).index(code)]}
    page = asked(Client(), before | {"estimate": "1", "asking": code} | typed)
    assert "error-summary" in page
    assert said in page


def test_what_is_typed_goes_into_the_address_and_back_again(world: World) -> None:
    day = dt.date.fromisoformat(soon())
    typed = {"on_year": str(day.year), "on_month": str(day.month), "on_day": str(day.day)}
    before = {name: value for name, value in trip().items() if name != "on"}
    answer = Client().get(GOING, before | {"asking": "on"} | typed)
    assert answer["Location"] == f"{GOING}?{urlencode(trip())}"
    again = asked(Client(), trip(change="age"))
    assert 'value="72"' in again
    assert 'name="to" value="511700"' in again


def test_an_exemption_is_told_with_its_date_its_source_and_its_doubt(world: World) -> None:
    page = asked(Client(), trip())
    for said in ("很可能不用备案；稳妥的做法是先备案", "2022年8月1日", "news.25948.com",
                 "较可能，未见正式文件", "现在就办异地就医备案", "出院结算之前补办都算数",
                 "tel:12393", "重庆市医疗保障局", "达州市医疗保障局", "000-00000000"):  # fmt: skip
        assert said in page, said


def test_who_is_in_hospital_already_may_still_file(world: World) -> None:
    there = {"pool": "511700", "to": "500000", "now": "inside", "on": soon(-5)}
    page = asked(Client(), {k: v for k, v in trip(**there).items() if k != "class"})
    assert "还没出院结算，现在补备案就算数" in page
    assert "出院结算之前备好案，就可以直接结算" in page


def test_who_has_paid_goes_to_reimbursement_with_its_last_day(world: World) -> None:
    page = asked(Client(), trip(now="paid", on=soon(-30)))
    assert "已经自己付清的，走手工报销" in page
    year = dt.date.fromisoformat(soon(-30)).year + 1
    assert f"请在{year}年3月31日前向参保地申请手工报销" in page
    unknown = {"pool": "511700", "to": "500000", "now": "paid", "on": soon(-30)}
    page = asked(Client(), {k: v for k, v in trip(**unknown).items() if k != "class"})
    assert "申请期限没有查到" in page


def test_an_emergency_counts_as_filed_and_home_needs_nothing(world: World) -> None:
    there = {"pool": "511700", "to": "500000", "visit": "emergency_stay"}
    page = asked(Client(), {k: v for k, v in trip(**there).items() if k != "class"})
    assert "急诊抢救视同已备案" in page
    assert "这是参保地，不用备案" in asked(Client(), trip(to="500000"))


def test_the_trial_sum_is_the_settlements_own_arithmetic(world: World) -> None:
    page = asked(Client(), trip(**MONEY))
    bill = Bill(
        pool="500000", insured_type="resident", person_class="tier_1", age=72, level="tier_3",
        visit="inpatient", on=dt.date.fromisoformat(soon()), filing="exempt", treated_at="511700",
        medfee_sumamt=Decimal("20000.00"), fulamt_ownpay_amt=Decimal("2000.00"),
    )  # fmt: skip
    sum_ = settle(bill, YearToDate(), book=rule_book())
    assert f"自己大约付 <strong>{zh_money(sum_.psn_part_amt)}</strong>" in page
    for line in sum_.explanation:
        assert line.text in page
    # What it rests on, and what it would be if the exemption no longer held.
    assert "试算，以参保地结算为准" in page
    assert "今年以前没有住院" in page
    assert "如果自己去、按其他临时外出备案" in page
    assert "2000.00 元按医保范围外" in page


def test_a_missing_rule_is_named_and_nothing_is_guessed(world: World) -> None:
    there = {"pool": "511700", "type": "employee", "to": "500000", **MONEY}
    page = asked(Client(), {k: v for k, v in trip(**there).items() if k != "class"})
    assert "算不出来：缺少规则，不能猜" in page
    assert "达州市" in page
    assert "统筹区 511700" not in page
    assert "自己大约付" not in page


def test_a_child_is_reckoned_as_one_without_being_asked(world: World) -> None:
    adult, child = (asked(Client(), trip(age=age, **MONEY)) for age in ("40", "8"))
    assert zh_money(Decimal("8600.00")) in adult
    assert zh_money(Decimal("9460.00")) in child


def test_whoever_has_signed_in_sees_what_is_filed_first_and_their_own_year(world: World) -> None:
    cover = insure(world)
    Filing.objects.create(
        insured=cover, kind="long_term", destination_id="511700",
        valid_from=dt.date(2026, 1, 1), filed_at=timezone.now(),
    )  # fmt: skip
    client = signed_in(world.citizen)
    assert "林晓梅（我本人）" in asked(client, {})
    mine = {k: v for k, v in trip(who="me", **MONEY).items() if k not in COVER}
    page = asked(client, mine)
    assert "已经备案" in page
    assert "异地长期居住，备案地达州市" in page
    assert "按现在登记的参保情况" in page
    assert "个人账户可付 1,000.00元" in page
    Freeze.objects.create(insured=cover, from_on=dt.date(2026, 1, 1), reason="欠费")
    frozen = asked(client, mine)
    assert "现在不能直接结算" in frozen
    assert "这个试算只在待遇恢复、费用能报销时才适用" in frozen


def test_a_daughter_asks_for_her_father_once_an_office_has_seen_her_authority(world: World) -> None:
    cover = father(world, person_class="active")
    client = signed_in(world.daughter)
    handed_in = acts_for_father(world)
    assert "周德福" not in asked(client, {})
    handed_in.take("accept", "medical_cq", **CHECKED)
    assert "周德福（我代办的）" in asked(client, {})
    key = asked(client, {}).split('name="who" value="')[1].split('"')[0]
    mine = {k: v for k, v in trip(who=key).items() if k not in COVER}
    assert "周德福 · 去外地看病" in asked(client, mine)
    # The same key is nothing to anybody else: they are asked where they are insured.
    assert "医保在哪里参加的？" in asked(signed_in(world.outsider), mine)
    assert cover.name not in asked(signed_in(world.outsider), mine)


def test_statements_are_few_however_long_the_answers(world: World) -> None:
    cover = insure(world)
    settled(cover)
    client = signed_in(world.citizen)
    mine = {k: v for k, v in trip(who="me", **MONEY).items() if k not in COVER}
    asked(client, mine)
    with CaptureQueriesContext(connection) as counted:
        asked(client, mine)
    assert len(counted) <= 32, [q["sql"][:90] for q in counted]


def test_filing_now_goes_on_with_what_was_answered(world: World) -> None:
    slug = world.matter("异地就医登记备案").matter.slug
    page = asked(Client(), trip())
    check = f"/matters/{slug}/check/?now=not_yet&amp;same_pool=no"
    assert check in page
    answer = Client().get(check.replace("&amp;", "&"))
    assert "已经有异地就医备案吗？" in answer.content.decode()


def test_it_is_found_from_the_first_page_the_theme_and_the_guides(world: World) -> None:
    Department.objects.create(code="medical_insurance", name="医保")
    matter = world.matter("异地就医登记备案").matter
    Matter.objects.update(department_id="medical_insurance")
    for address in ("/", f"/matters/?theme={matter.theme}", f"/matters/{matter.slug}/"):
        assert 'href="/medical/going/"' in Client().get(address).content.decode(), address
