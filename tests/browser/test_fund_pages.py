"""我在那边能贷多少 in a browser: the answer follows the typing, on a phone and on a desk's screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.looking import fits
from tests.housing_fund.conftest import opened
from tests.portal.conftest import signed_in
from tests.world import LIN_ID, World, build_world

pytestmark = pytest.mark.browser


@pytest.fixture
def centres(transactional_db: None) -> World:
    return build_world()


def test_typing_changes_the_answer_and_the_button_says_what_is_wrong(
    centres: World, page: Page, live_server: LiveServer
) -> None:
    page.goto(f"{live_server.url}/housing-fund/loan/")
    answer = page.locator("#answer")
    expect(answer).to_contain_text("边填边算")
    page.get_by_label("在哪里贷款？").select_option("500000")
    page.get_by_label("房价（元）").fill("1000000")
    expect(answer).to_contain_text("还差几项")
    page.get_by_role("button", name="算一算").click()
    expect(page.get_by_role("alert")).to_contain_text("账户余额")
    fits(page, least=44)
    page.get_by_label("本人账户余额（元）").fill("20000")
    page.get_by_label("本人连续缴存了几个月？").fill("24")
    expect(answer).to_contain_text("500,000.00元")
    expect(page.get_by_role("alert")).to_have_count(0)  # what was wrong is mended
    page.get_by_label("本人账户余额（元）").fill("10000")
    expect(answer).to_contain_text("250,000.00元")
    # On a phone the answer stands below the form: its sum stays in sight, and leads there.
    short = page.get_by_role("link", name="最多能贷 250,000.00元")
    expect(short).to_be_in_viewport()
    short.click()
    expect(answer.get_by_role("heading", name="最多能贷")).to_be_in_viewport()
    expect(page.get_by_label("配偶账户余额（元）")).to_be_hidden()
    page.get_by_label("夫妻两人，由我填写").check()
    expect(page.get_by_label("配偶账户余额（元）")).to_be_visible()
    page.get_by_label("一个人，由我填写").check()
    expect(answer).to_contain_text("250,000.00元")
    fits(page, least=44, name="fund-loan", full_page=True)
    page.get_by_role("link", name="按这个额度算月供").click()
    page.get_by_label("年利率（%）").fill("2.6")
    expect(answer).to_contain_text("每月还")
    fits(page, least=44)
    _own_account(centres, page, live_server)


def _own_account(centres: World, page: Page, live_server: LiveServer) -> None:
    centres.citizen.id_number = LIN_ID
    centres.citizen.save()
    opened(centres.office("500000", "housing_fund"), "30000", id_number=LIN_ID)
    key = signed_in(centres.citizen).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    page.goto(f"{live_server.url}/housing-fund/loan/")
    expect(page.get_by_label("本人账户余额（元）")).to_be_hidden()
    page.get_by_label("在哪里贷款？").select_option("500000")
    page.get_by_label("房价（元）").fill("1000000")
    expect(page.locator("#answer")).to_contain_text("连续缴存 0 个月")
