"""手工报销 in a real browser: the clerk's sum before it is decided, the person's account put right."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.looking import fits
from tests.flows.claims import SPLIT, people, reviewed
from tests.portal.conftest import signed_in
from tests.world import World, build_world

pytestmark = pytest.mark.browser


@pytest.fixture
def zone(transactional_db: None) -> World:
    return people(build_world())


def come_in(page: Page, world: World, who: str, live_server: LiveServer) -> None:
    key = signed_in(world.people[who]).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])


def test_a_clerk_reckons_and_the_person_corrects_the_account(
    zone: World, phone: Page, live_server: LiveServer
) -> None:
    journey = reviewed(zone)
    desk = f"{live_server.url}/desk/{journey.case.number}/"
    come_in(phone, zone, "reviewer", live_server)
    phone.goto(f"{desk}calculate/")
    phone.get_by_label("先行自付（元）").fill("13000")
    phone.get_by_label("备案情况").select_option("referral")
    phone.get_by_role("button", name="核算", exact=True).click()
    expect(phone.get_by_text("合计大于医疗费总额").first).to_be_visible()
    fits(phone)
    phone.get_by_label("先行自付（元）").fill("1000.00")
    phone.get_by_role("button", name="核算", exact=True).click()
    expect(phone.get_by_text("基金支付合计")).to_be_visible()
    phone.get_by_text("依据的规则", exact=True).click()
    fits(phone)

    journey.take("calculate", "reviewer", **SPLIT).take("submit_for_recheck", "reviewer")
    journey.take("approve", "rechecker").take("order_to_pay", "reviewer")
    journey.take("refused_by_bank", "reviewer", reason="户名不符")
    come_in(phone, zone, "citizen", live_server)
    phone.goto(f"{live_server.url}/my/{journey.case.number}/")
    fits(phone, least=44)
    phone.get_by_role("link", name="更正收款账户").first.click()
    phone.get_by_label("开户人姓名").fill("周德福")
    phone.get_by_label("开户银行").fill("示范银行")
    phone.get_by_label("银行卡号").fill("6222020000000001234")
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_text("尾号 1234")).to_be_visible()
