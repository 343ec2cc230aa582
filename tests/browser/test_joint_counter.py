"""虚拟综窗 in a real browser: from the hours and the booking to acceptance, on a phone and at a desk."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings as site
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import journeys
from tests.browser.looking import fits
from tests.world import World, build_world
from tongban.accounts.models import User
from tongban.offices.calendar import forget_calendars
from tongban.offices.models import CalendarDay
from workflows.cases.models import JointHours, JointSession


@pytest.fixture
def office(transactional_db: None) -> World:
    """Today is worked, and somebody sits at the video all day."""
    world = build_world()
    today = timezone.localdate()
    CalendarDay.objects.create(
        day=today, kind="make_up", is_working=True, name="调休上班", announced=True
    )
    forget_calendars()
    JointHours.objects.create(
        office=world.office("511702", "civil_affairs"),
        clerk=world.clerk_sc,
        weekday=today.weekday(),
        opens_at=dt.time(0),
        closes_at=dt.time(23, 59),
        minutes=1439,
        video_url="https://video.example/room",
        set_by=world.head_sc,
    )
    return world


def signed_in(page: Page, live_server: LiveServer, who: User) -> None:
    session = Client()
    session.force_login(who)
    cookie = session.cookies[site.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": site.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )


def test_from_the_hours_to_acceptance(page: Page, live_server: LiveServer, office: World) -> None:
    case = journeys.collected(office).case
    signed_in(page, live_server, office.head_sc)
    page.goto(f"{live_server.url}/desk/joint/hours/")
    page.get_by_label("由谁核验").select_option(label="通同事")
    page.get_by_label("从几点").fill("09:00")
    page.get_by_label("到几点").fill("11:30")
    page.get_by_label("视频会议链接").fill("http://video.example/room")
    page.get_by_role("button", name="设定").click()
    expect(page.get_by_role("alert")).to_be_focused()
    fits(page)
    page.get_by_label("视频会议链接").fill("https://video.example/other")
    page.get_by_role("button", name="设定").click()
    expect(page.get_by_text("09:00—11:30")).to_be_visible()
    fits(page)

    signed_in(page, live_server, office.clerk_cq)
    page.goto(f"{live_server.url}/desk/{case.number}/")
    page.get_by_role("link", name="约属地联席核验").click()
    page.get_by_label("约哪个时段").select_option(index=1)
    fits(page)
    page.get_by_role("button", name="约属地联席核验").click()
    page.get_by_role("link", name="打开联席核验页面").click()
    # The window sees when and where; the papers are the other side's to judge.
    expect(page.get_by_role("link", name="打开视频")).to_have_attribute(
        "rel", "noopener noreferrer"
    )
    expect(page.get_by_text("现在不能作结论")).to_be_visible()

    signed_in(page, live_server, office.clerk_sc)
    page.goto(f"{live_server.url}/desk/")
    page.get_by_role("link", name="联席核验").click()
    fits(page)
    page.locator("[data-row]").click()
    fits(page)
    passed = page.get_by_role("region", name="联席核验通过")
    for box in passed.get_by_role("checkbox").all():
        box.check()
    passed.get_by_role("button").click()
    expect(page.get_by_text("材料已联席核验")).to_be_visible()
    fits(page)
    assert JointSession.objects.get().outcome == "passed"

    office.take(case, "forward", "clerk_cq", {"way": "electronic"})
    page.goto(f"{live_server.url}/desk/{case.number}/")
    page.get_by_role("button", name="受理").first.click()
    expect(page.get_by_text("已受理。")).to_be_visible()
