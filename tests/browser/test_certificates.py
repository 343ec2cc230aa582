"""Her certificates on a phone, the code that renews itself, and the clerk who verifies it."""

from __future__ import annotations

import pytest
from django.conf import settings as site
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.looking import axe_clean, fits
from tests.certificates.stating import fetched, state
from tests.sharing.registers import load_registers
from tests.world import LIN_ID, World, build_world
from tongban.accounts.models import User
from tongban.certificates import demonstration, showing


@pytest.fixture
def world(transactional_db: None) -> World:
    world = build_world()
    load_registers()
    demonstration.load_registers()
    world.citizen.id_number = LIN_ID
    world.citizen.save()
    state()
    state("driving-licence", status="revoked")
    for kind in ("disability-card", "driving-licence"):
        fetched(world, kind)
    return world


def sign_in(page: Page, user: User, address: str) -> None:
    session = Client()
    session.force_login(user)
    name = site.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": session.cookies[name].value, "url": address}
    page.context.add_cookies([cookie])  # type: ignore[list-item]


def test_a_code_renews_by_itself_and_a_clerk_verifies_it_by_keyboard(
    live_server: LiveServer,
    page: Page,
    browser: Browser,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page.goto(f"{live_server.url}/certificates/kinds/")
    fits(page)
    sign_in(page, world.citizen, live_server.url)
    for address in ("/certificates/", "/certificates/fetch/?province=510000"):
        page.goto(live_server.url + address)
        fits(page, least=44)
    page.goto(f"{live_server.url}/certificates/")
    page.get_by_role("link", name="机动车驾驶证").click()
    expect(page.get_by_role("main")).to_contain_text("这份证照现在不能亮证")
    fits(page, least=44)
    page.goto(f"{live_server.url}/certificates/")
    monkeypatch.setattr(showing, "LIFE", showing.LIFE / 30)
    page.get_by_role("button", name="亮证").focus()
    page.keyboard.press("Enter")
    written = page.locator(".showing-written")
    first = written.inner_text()
    monkeypatch.undo()
    # After two seconds the page asked for a new one; this one has its minute.
    expect(written).not_to_have_text(first)
    fits(page, least=44)
    code = written.inner_text()

    desk = browser.new_page(viewport={"width": 1440, "height": 900})
    sign_in(desk, world.clerk_sc, live_server.url)
    desk.goto(f"{live_server.url}/verify/")
    desk.get_by_label("亮证码").fill(code)
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("main")).to_contain_text("林*梅")
    axe_clean(desk)
    desk.goto(f"{live_server.url}/verify/{code}/")
    expect(desk.get_by_role("main")).to_contain_text("已经核验过一次")
    axe_clean(desk)
    desk.close()
