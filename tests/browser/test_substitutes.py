"""替班安排 in a real browser: a head arranges it by keyboard, on a phone and at a desk."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as site
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import journeys
from tests.accounts.away import appoint, today
from tests.browser.looking import fits
from tests.world import World, build_world
from tongban.accounts.models import Substitution, User

LONG = "阿卜杜热合曼·麦麦提伊敏·吐尔逊古丽"


@pytest.fixture
def office(transactional_db: None) -> World:
    world = build_world()
    User.objects.filter(pk=world.clerk_sc.pk).update(name=LONG)
    return world


def signed_in(page: Page, live_server: LiveServer, who: User) -> None:
    session = Client()
    session.force_login(who)
    cookie = session.cookies[site.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": site.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )


def test_empty_wrong_and_filled_the_page_fits_and_is_accessible(
    page: Page, live_server: LiveServer, office: World
) -> None:
    signed_in(page, live_server, office.head_sc)
    page.goto(f"{live_server.url}/desk/")
    page.get_by_role("link", name="替班安排").click()
    expect(page.get_by_text("没有替班安排")).to_be_visible()
    fits(page, name="substitutes-empty", full_page=True)
    page.get_by_label("缘由").fill("年休假")
    page.get_by_role("button", name="安排").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("缘由")).to_have_value("年休假")
    fits(page, name="substitutes-wrong", full_page=True)
    appoint(office, reason="参加两省市“川渝通办”业务骨干集中培训，为期一周，地点在成都")
    appoint(office, "clerk_sc_2", "head_sc", start=3, days=1)
    page.goto(f"{live_server.url}/desk/substitutes/")
    expect(page.get_by_text("替班人也不在岗")).to_be_visible()
    fits(page, name="substitutes", full_page=True)


def test_a_head_arranges_and_calls_off_with_the_keyboard_alone(
    page: Page, live_server: LiveServer, office: World
) -> None:
    signed_in(page, live_server, office.head_sc)
    page.goto(f"{live_server.url}/desk/substitutes/")
    page.get_by_label("不在岗的同事").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.get_by_label("到哪一天").fill(today(3).isoformat())
    page.get_by_label("缘由").focus()
    page.keyboard.type("公出")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已安排通同事替")).to_be_visible()
    made = Substitution.objects.get()
    assert (made.absent, made.substitute) == (office.clerk_sc, office.clerk_sc_2)
    assert (made.valid_from, made.valid_to) == (today(), today(4))
    page.get_by_role("button", name="提前结束").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("没有替班安排")).to_be_visible()


def test_the_substitutes_list_and_case_say_whose_it_is(
    page: Page, live_server: LiveServer, office: World
) -> None:
    case = journeys.arrived(office).take("claim", "clerk_sc").case
    appoint(office)
    signed_in(page, live_server, office.clerk_sc_2)
    page.goto(f"{live_server.url}/desk/?view=mine")
    expect(page.get_by_text(f"代{LONG}")).to_be_visible()
    fits(page, name="substitutes-mine", full_page=True)
    page.goto(f"{live_server.url}/desk/{case.number}/")
    page.get_by_role("button", name=re.compile("^受理")).first.click()
    expect(page.get_by_text(f"通同事（代{LONG}办理）")).to_be_visible()
    fits(page, name="substitutes-case", full_page=True)
