"""The clearing in a real browser: from the list to a settlement, a dispute and the statement."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from matters.medical.clearing.gathering import gather
from matters.medical.models import ClearingMonth, Statement
from tests.browser.looking import fits
from tests.browser.test_joint_counter import signed_in
from tests.flows.test_clearing_month import CHONGQING, SICHUAN, month_case, stated
from tests.medical.clearing_lines import planted
from tests.world import World, build_world, forget_everything


@pytest.fixture
def two(transactional_db: None) -> World:
    world = build_world()
    for name, place in (("sc", SICHUAN), ("cq", CHONGQING)):
        for role in ("clerk", "head"):
            world.post(f"{name}_{role}", f"{name}{role}", *place, role)
    for matter in ("异地就医月度清算", "签署异地就医清算单", "异地就医预付金"):
        world.matter(matter)
    return world


def test_from_the_months_down_to_a_settlement_and_an_objection(
    page: Page, live_server: LiveServer, two: World
) -> None:
    stated(two, "1000.00", "0.07")
    planted("2026-11-05")
    gather(ClearingMonth.objects.get(treated_province="510000", month="2026-11").pk)
    signed_in(page, live_server, two.cq_head)
    page.goto(f"{live_server.url}/desk/clearing/")
    fits(page, name="clearing-months")
    month = page.locator("tr", has_text="川就医 → 渝参保").filter(has_text="2026年10月")
    month.get_by_role("link").click()
    fits(page, name="clearing-month", full_page=True)
    page.get_by_role("link", name="全部明细").click()
    fits(page)
    page.locator("[data-row]").first.click()
    expect(page.get_by_text("清算单第 1 版")).to_be_visible()
    fits(page, name="clearing-line")
    page.goto(
        f"{live_server.url}/documents/{Statement.objects.get(month__treated_province='510000').document_number}/"
    )
    fits(page)
    page.goto(f"{live_server.url}/desk/clearing/{month_case('2026-11').number}/")
    expect(page.get_by_text("两地账目有差异")).to_be_visible()
    fits(page)
    page.goto(f"{live_server.url}/desk/clearing/{month_case().number}/")
    page.get_by_role("link", name="对清算单提出异议").click()
    page.get_by_label("理由").fill("少一笔扣款")
    page.get_by_role("button", name="对清算单提出异议").first.click()
    expect(page.get_by_text("已对清算单提出异议").first).to_be_visible()
    page.goto(f"{live_server.url}/desk/clearing/{month_case().number}/")
    expect(page.get_by_text("第 1 版已作废")).to_be_visible()
    forget_everything()
