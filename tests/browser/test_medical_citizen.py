"""去外地看病 in a browser: each question on a phone and on a desk's screen, then the answer and one's own pages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from matters.medical.models import Filing
from tests.browser.looking import fits
from tests.portal.conftest import signed_in
from tests.portal.insured import hospitals, insure, settled
from tests.world import World, build_world


@pytest.fixture
def zone(transactional_db: None) -> World:
    return build_world()


def test_one_question_after_the_other_then_the_answer_and_ones_own_pages(
    zone: World, page: Page, live_server: LiveServer
) -> None:
    hospitals(25)
    page.goto(f"{live_server.url}/medical/")
    fits(page, least=44)
    page.get_by_role("link", name="我能去那边看病吗，要花多少？").click()
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("alert")).to_contain_text("请选择一项")
    fits(page, least=44)
    page.get_by_label("医保在哪里参加的？").select_option("500000")
    _on(page, "居民医保")
    page.get_by_role("button", name="继续").click()
    fits(page, least=44)
    page.get_by_label("看病的人今年多大？").fill("72")
    _on(page, "一档")
    page.get_by_role("button", name="继续").click()
    page.get_by_label("打算去哪里看病？").select_option(label="达州市")
    _on(page, "住院")
    _on(page, "还没去")
    page.get_by_role("button", name="继续").click()
    fits(page, least=44)
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("稳妥的做法是先备案")
    fits(page, least=44, name="medical-answer", full_page=True)
    page.get_by_role("link", name="算一算大概花多少").click()
    page.get_by_label("三级医院").check()
    page.get_by_role("button", name="继续").click()
    page.get_by_label("估计一共要花多少元？").fill("20000")
    _on(page, "大约一成")
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_text("试算，以参保地结算为准")).to_be_visible()
    page.get_by_text("怎么算出来的").first.click()
    fits(page, least=44, name="medical-estimate", full_page=True)
    page.get_by_role("link", name="查当地定点医院").click()
    fits(page, least=44)
    _own_pages(zone, page, live_server)


def _on(page: Page, answer: str) -> None:
    """Press on, and choose on the page that comes."""
    page.get_by_role("button", name="继续").click()
    page.get_by_label(answer).first.check()


def _own_pages(zone: World, page: Page, live_server: LiveServer) -> None:
    cover = insure(zone)
    Filing.objects.create(
        insured=cover,
        kind="long_term",
        destination_id="511700",
        valid_from=dt.date(2026, 1, 1),
        filed_at=timezone.now(),
    )
    row = settled(cover)
    key = signed_in(zone.citizen).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    page.goto(f"{live_server.url}/medical/mine/")
    fits(page, least=44, name="medical-mine", full_page=True)
    page.goto(f"{live_server.url}/medical/settlements/{row.setl_id}/")
    fits(page, least=44, name="medical-settlement", full_page=True)
