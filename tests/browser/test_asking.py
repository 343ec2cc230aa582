"""Finding a matter by typing, and a form that asks more as it is answered, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from matters.catalogue.index import forget_index
from matters.catalogue.words import search_text
from tests.browser.looking import fits
from tests.portal.applying import publish_next
from tests.portal.conftest import signed_in
from tests.portal.test_asking_again import FAMILY
from tests.world import LIN_ID, SUBSIDY, World, build_world
from workflows.cases.models import Draft


@pytest.fixture
def zone(transactional_db: None, settings: Settings, tmp_path: Path) -> World:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    world = build_world()
    world.citizen.id_number, world.citizen.phone = LIN_ID, "13900000001"
    world.citizen.save()
    matter = world.matter(SUBSIDY).matter
    matter.search_text = search_text(matter.name, matter.theme)
    matter.save()
    forget_index()
    return world


@pytest.fixture
def mine(zone: World, page: Page, live_server: LiveServer) -> Callable[[str], Page]:
    """Open an address as 林晓梅."""
    key = signed_in(zone.citizen).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])

    def opened(address: str) -> Page:
        page.goto(live_server.url + address)
        return page

    return opened


def test_typing_shows_what_is_meant_and_where_it_is_done(
    zone: World, mine: Callable[[str], Page]
) -> None:
    page = mine("/")
    page.locator("#search-box").press_sequentially("残疾人")
    first = page.locator("#suggestions a").first
    expect(first).to_contain_text(SUBSIDY)
    fits(page, least=44)
    page.keyboard.press("Tab")  # the button
    page.keyboard.press("Tab")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(SUBSIDY)
    page.get_by_role("link", name="看更多窗口").click()
    expect(page.locator("main")).to_contain_text("收件窗口，近的在前")
    fits(page, least=44)
    fits(mine("/matters/?q=残疾人"), least=44)
    fits(mine("/place/"), least=44)


def test_an_answer_brings_up_questions_and_keeps_the_place(
    zone: World, mine: Callable[[str], Page]
) -> None:
    version = zone.matter(SUBSIDY)
    asking = publish_next(version, fields=[*FAMILY, *version.definition["fields"]])
    draft = Draft.objects.create(user=zone.citizen, matter=asking.matter, version=asking)
    page = mine(f"/apply/{draft.pk}/form/")
    expect(page.get_by_text("同住家人", exact=True)).to_have_count(0)
    page.locator("#id_with_family_0").focus()
    page.keyboard.press("Space")
    expect(page.locator("[name='family-0-name']")).to_be_visible()
    expect(page.locator("#id_with_family_0")).to_be_focused()
    expect(page.locator("[name='lease-file']")).to_be_visible()
    page.locator("[name='family-0-name']").fill("周小德")
    page.get_by_role("button", name="再加一人").click()
    expect(page.locator("[name='family-1-name']")).to_be_focused()
    expect(page.locator("[name='family-0-name']")).to_have_value("周小德")
    fits(page, least=44)
    page.locator("[name='family-1-name']").press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("[name='family-1-name']")).to_be_visible()
    fits(page, least=44)
