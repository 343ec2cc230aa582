"""The inbox in a real browser: a person on a phone opens a message and goes on to the case."""

import pytest
from django.conf import settings as site
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.looking import fits
from tests.notices.conftest import owed_message, written
from tongban.accounts.models import User

CONTEXT = {
    "number": "CY512026112100001",
    "matter": "困难残疾人生活补贴和重度残疾人护理补贴资格认定",
    "office": "达州市通川区残疾人联合会",
    "items": ["残疾人证复印件（正反面）", "本人银行卡复印件"],
    "reason": "银行卡复印件看不清卡号",
    "url": "/inbox/",
}


@pytest.fixture
def inbox(live_server: LiveServer, page: Page, transactional_db: None) -> str:
    """张小明 is signed in; three messages wait for him, one of them read."""
    user = User.objects.create_user(username="zhang", name="张小明", kind="citizen")
    session = Client()
    session.force_login(user)
    cookie = session.cookies[site.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": site.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    for template in ("submitted", "accepted", "supplement_required"):
        written(owed_message(user, template=template, context=CONTEXT))
    return f"{live_server.url}/inbox/"


def test_list_and_message_are_accessible_and_fit(page: Page, inbox: str) -> None:
    for address in (inbox, f"{inbox}?unread=1"):
        page.goto(address)
        fits(page, least=44)
    page.get_by_role("link", name="请补正材料").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("请补正材料")
    fits(page, least=44)


def test_opening_a_message_takes_it_off_the_count(page: Page, inbox: str) -> None:
    page.goto(inbox)
    expect(page.get_by_role("navigation", name="主导航")).to_contain_text("收件箱 3")

    page.get_by_role("link", name="申请已受理").click()
    expect(page.locator("article")).to_contain_text("达州市通川区残疾人联合会")
    page.get_by_role("link", name="返回收件箱").click()

    expect(page.get_by_role("navigation", name="主导航")).to_contain_text("收件箱 2")
    expect(page.get_by_role("listitem").filter(has_text="申请已受理")).to_contain_text("已读")
