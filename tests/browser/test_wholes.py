"""Wholes and their parts in a real browser, on a phone, with the longest of names; the API's documentation."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.looking import fits
from tests.flows.test_financing import Demand
from tests.flows.test_one_thing import NO_EXTRAS, Hiring
from tests.portal.conftest import signed_in
from tests.world import World, build_world
from tongban.offices.models import Office
from tongban.style_samples import LONG_OFFICE
from workflows.cases.places import forget_offices

pytestmark = pytest.mark.browser


@pytest.fixture
def zone(transactional_db: None) -> World:
    world = build_world()
    Office.objects.update(name=LONG_OFFICE)
    forget_offices()
    return world


def test_a_person_files_a_refused_part_again_and_an_enterprise_chooses_its_bank(
    zone: World, phone: Page, live_server: LiveServer
) -> None:
    key = signed_in(zone.citizen).cookies["sessionid"].value
    phone.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    hiring = Hiring(zone, **NO_EXTRAS)
    hiring.end("insurance", "disapprove")
    phone.goto(f"{live_server.url}/my/{hiring.whole.number}/")
    fits(phone, least=44)
    phone.get_by_role("link", name="重新提交未办成的事项").first.click()
    fits(phone, least=44)
    phone.get_by_label("申请事由").fill("更正了参保日期")
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_text("已重新提交", exact=True)).to_be_visible()

    demand = Demand(zone)
    phone.goto(f"{live_server.url}/my/{demand.case.number}/send_out/")
    fits(phone, least=44)
    for box in phone.get_by_role("checkbox").all():
        box.check()
    phone.get_by_role("button", name="提交").click()
    demand.answer("510000")
    phone.goto(f"{live_server.url}/my/{demand.case.number}/")
    fits(phone, least=44)
    phone.get_by_role("link", name="选定一家银行").first.click()
    fits(phone, least=44)
    phone.get_by_role("radio").first.check()
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_text("待回访").first).to_be_visible()


def test_the_documentation_of_the_api_opens_under_the_site_s_own_policy(
    db: None, page: Page, live_server: LiveServer
) -> None:
    page.goto(f"{live_server.url}/api/docs")
    expect(page.locator(".opblock").first).to_be_visible()
    page.get_by_text("办理一步").click()
    expect(page.get_by_text("Idempotency-Key").first).to_be_visible()
