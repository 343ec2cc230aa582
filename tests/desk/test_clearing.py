"""/desk/clearing/: the two agencies of a pair see their months down to the settlement, nobody else does."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from matters.medical.clearing.advance import post
from matters.medical.clearing.gathering import gather
from matters.medical.clearing.months import following
from matters.medical.models import ClearingLine, ClearingMonth, Statement
from tests.desk.conftest import SignedIn, text_of
from tests.flows.test_clearing_month import CHONGQING, SICHUAN, month_case, signed_by, stated
from tests.medical.clearing_lines import TO_CHONGQING, planted, settled
from tests.world import World, at
from workflows.cases.models import Case
from workflows.flows.clearing_calendar import open_month, run_clearing

pytestmark = pytest.mark.django_db
LIST = "/desk/clearing/"


@pytest.fixture
def two(world: World) -> World:
    for name, place in (("sc", SICHUAN), ("cq", CHONGQING)):
        for role in ("clerk", "head"):
            world.post(f"{name}_{role}", f"{name}{role}", *place, role)
    for matter in ("异地就医月度清算", "签署异地就医清算单", "异地就医预付金"):
        world.matter(matter)
    return world


def page_of(case: Case) -> str:
    return f"{LIST}{case.number}/"


def statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_both_agencies_and_supervisors_find_the_month_and_nobody_else(
    two: World, at_desk: SignedIn
) -> None:
    run_clearing(at("2026-10-01 00:05"))
    page = page_of(month_case())
    for who, status in (
        ("sc_clerk", 200), ("cq_head", 200), ("supervisor_sc", 200),
        ("clerk_cq", 404), ("clerk_sc", 404), ("fund_cq", 404),
    ):  # fmt: skip
        client = at_desk(who)
        for address in (LIST, page, f"{page}lines/", f"{page}lines.csv", f"{LIST}trace/"):
            assert client.get(address).status_code == status, (who, address)
    citizen = Client()
    citizen.force_login(two.citizen)
    assert citizen.get(page).status_code == 404


def test_the_list_costs_the_same_for_one_month_and_for_thirty(
    two: World, at_desk: SignedIn
) -> None:
    run_clearing(at("2026-10-01 00:05"))
    client = at_desk("sc_clerk")
    few = statements(client, LIST)
    for nth in range(1, 31):
        open_month(TO_CHONGQING, following("2026-10", nth), at("2026-10-02 00:05"))
    assert statements(client, LIST) == few
    assert "下一页" in text_of(client.get(LIST))
    assert "2026年10月" in text_of(client.get(f"{LIST}?after={month_case('2027-01').pk}"))


def test_month_and_lines_cost_the_same_for_one_line_and_for_thirty(
    two: World, at_desk: SignedIn
) -> None:
    run_clearing(at("2026-10-01 00:05"))
    row = ClearingMonth.objects.get(treated_province="510000")
    page, client = page_of(month_case()), at_desk("sc_clerk")
    settled()
    gather(row.pk)
    few = [statements(client, each) for each in (page, f"{page}lines/", f"{page}lines.csv")]
    for _ in range(30):
        settled("2.00", "1.00")
    gather(row.pk)
    many = [statements(client, each) for each in (page, f"{page}lines/", f"{page}lines.csv")]
    assert many == few


def test_lines_go_on_by_key_and_can_be_narrowed(two: World, at_desk: SignedIn) -> None:
    run_clearing(at("2026-10-01 00:05"))
    row = ClearingMonth.objects.get(treated_province="510000")
    for _ in range(51):
        settled()
    odd = settled("7.00", insured_type="resident")
    gather(row.pk)
    page, client = f"{page_of(month_case())}lines/", at_desk("cq_clerk")
    first = text_of(client.get(page))
    assert odd.setl_id not in first
    last = ClearingLine.objects.order_by("id")[49]
    assert odd.setl_id in text_of(client.get(f"{page}?after={last.pk}"))
    only = text_of(client.get(f"{page}?insured_type=resident"))
    assert odd.setl_id in only
    assert last.origin.setl_id not in only
    assert "没有这样的明细" in text_of(client.get(f"{page}?late=on"))


def test_every_fen_of_a_statement_is_in_the_file(two: World, at_desk: SignedIn) -> None:
    case = stated(two, "1000.10", "0.07")
    told = at_desk("cq_clerk").get(f"{page_of(case)}lines.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(told)))
    assert sum(Decimal(row["计入"]) for row in rows) == Statement.objects.get().gross


def test_a_settlements_number_leads_to_its_line_and_from_there_to_the_statement(
    two: World, at_desk: SignedIn
) -> None:
    case = stated(two, "1000.00")
    line = ClearingLine.objects.get()
    client = at_desk("cq_clerk")
    found = client.get(f"{LIST}trace/?setl_id={line.origin.setl_id}", follow=True)
    said = text_of(found)
    assert found.redirect_chain == [(f"{page_of(case)}lines/{line.pk}/", 302)]
    assert "清算单第 1 版" in said
    assert "一致" in said
    assert "没有这笔结算" in text_of(client.get(f"{LIST}trace/?setl_id=S0"))
    assert client.get(f"{page_of(case)}lines/{line.pk + 1}/").status_code == 404


def test_the_month_names_differences_and_offers_what_can_be_done(
    two: World, at_desk: SignedIn
) -> None:
    run_clearing(at("2026-10-01 00:05"))
    planted()
    gather(ClearingMonth.objects.get(treated_province="510000").pk)
    page = page_of(month_case())
    said = text_of(at_desk("sc_clerk").get(page))
    for word in (
        "仅医院有",
        "仅经办机构有",
        "金额不一致",
        "处理对账差异",
        "就医地比参保地多 0.01 元",
    ):
        assert word in said
    assert "撤回争议" not in said, "there is none"
    other = text_of(at_desk("cq_clerk").get(page))
    assert "处理对账差异" not in other
    assert "等待四川省医疗保障局办理" in other


def test_who_has_signed_is_seen_and_only_ones_own_side_is_offered(
    two: World, at_desk: SignedIn
) -> None:
    case = stated(two, "1000.00")
    signed_by(two, "sc_head")
    said = text_of(at_desk("cq_head").get(page_of(case)))
    assert "schead 已签署" in said
    assert "去签署" in said
    assert "去签署" not in text_of(at_desk("sc_head").get(page_of(case)))
    paper = at_desk("sc_clerk").get(f"/documents/{Statement.objects.get().document_number}/")
    assert Statement.objects.get().digest in text_of(paper)


def test_the_lamp_of_the_advance_stands_beside_the_months(two: World, at_desk: SignedIn) -> None:
    run_clearing(at("2026-10-01 00:05"))
    client = at_desk("sc_clerk")
    assert "没有预付金" in text_of(client.get(LIST))
    post(
        TO_CHONGQING, "treated", Decimal("1000.00"), voucher="A", key="a", at=at("2026-10-02 09:00")
    )
    settled("750.00")
    gather(ClearingMonth.objects.get(treated_province="510000").pk)
    said = text_of(client.get(LIST))
    assert "黄色预警" in said
    assert "75" in said
    assert "按记忆，待核实" in said
