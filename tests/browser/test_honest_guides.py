"""先问几句, the sheet to copy and the claims in a real browser: by keyboard, on a phone, at a desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.looking import fits
from tests.browser.test_substitutes import signed_in
from tests.portal.asking import asking
from tests.world import World, build_world
from workflows.cases.models import Case

STAGE = {"code": "review", "name": "审查", "seat": "owner", "elsewhere": {"system": "运政系统"}}


@pytest.fixture
def world_there(transactional_db: None) -> World:
    return build_world()


def test_the_questions_are_answered_with_the_keyboard_alone(
    page: Page, live_server: LiveServer, world_there: World
) -> None:
    version = asking(world_there)
    page.goto(f"{live_server.url}/matters/{version.matter.slug}/")
    page.get_by_role("link", name="先看能不能办").press("Enter")
    fits(page, name="precheck-question", full_page=True)
    page.get_by_label("是", exact=True).press("Space")
    page.keyboard.press("Enter")
    for name, part in (("年", "2030"), ("月", "13"), ("日", "1")):
        page.get_by_label(name, exact=True).fill(part)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    fits(page, name="precheck-wrong", full_page=True)
    page.get_by_label("月", exact=True).fill("1")
    page.keyboard.press("Enter")
    page.get_by_label("一级").press("Space")
    page.keyboard.press("Enter")
    page.get_by_label("否", exact=True).press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="您可以办")).to_be_visible()
    expect(page.get_by_text("授权委托书")).to_have_count(0)
    fits(page, name="precheck-can", full_page=True)


def test_the_sheet_and_the_claims_fit_and_are_accessible(
    page: Page, live_server: LiveServer, world_there: World
) -> None:
    version = world_there.matter(
        "道路运输从业资格证补发", stages=[STAGE], promise=None, certainty={}
    )
    case: Case = world_there.open(version)
    world_there.take(case, "accept", "transport_sc")
    signed_in(page, live_server, world_there.transport_sc)
    page.goto(f"{live_server.url}/desk/{case.number}/")
    page.get_by_role("link", name="打开抄录单").press("Enter")
    fits(page, name="copy-sheet", full_page=True)
    page.get_by_label("查看原因").fill("抄录到运政系统")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已逐项记入查看记录")).to_be_visible()
    expect(page.get_by_role("button", name="复制").first).to_be_visible()
    fits(page, name="copy-sheet-shown", full_page=True)
    page.goto(f"{live_server.url}/desk/matters/")
    page.get_by_role("checkbox", name="道路运输从业资格证补发").press("Space")
    page.get_by_role("button", name="认领").press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("checkbox", name="道路运输从业资格证补发")).to_be_checked()
    fits(page, name="claims", full_page=True)
