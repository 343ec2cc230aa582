"""Many cases at once, the head's page and stock phrases, by hand and by keyboard, on a screen and a phone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.conf import settings as site
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import journeys
from tests.browser.looking import fits
from tests.world import World, build_world
from tongban.accounts.substitutions import appoint
from workflows.cases.models import Case

DENSE_TARGET = 36
SignIn = Callable[[Page, str], None]


@pytest.fixture
def zone(transactional_db: None) -> World:
    return build_world()


@pytest.fixture
def sign_in(live_server: LiveServer, zone: World) -> SignIn:
    def signed_in(page: Page, who: str) -> None:
        session = Client()
        session.force_login(zone.people[who])
        name = site.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": session.cookies[name].value, "url": live_server.url}
        page.context.add_cookies([cookie])  # type: ignore[list-item]

    return signed_in


def test_a_head_passes_cases_on_and_a_clerk_decides_several_with_one_phrase(
    page: Page, sign_in: SignIn, live_server: LiveServer, zone: World, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    cases = [journeys.reviewing(zone, waybill=f"EMS000000004{n}").case for n in range(3)]
    for case in cases[:2]:
        zone.take(case, "claim", "clerk_sc_2")
    asked = {"colleague": str(zone.head_sc.pk), "about": "refusal", "question": "拟不予批准"}
    zone.take(cases[2], "ask_colleague", "clerk_sc", asked)
    soon = timezone.now() + dt.timedelta(days=1)
    Case.objects.filter(pk=cases[0].pk).update(due_at=soon, yellow_at=soon)
    today = timezone.localdate()
    appoint(
        office_id=zone.office("511702", "civil_affairs").pk, absent_id=zone.clerk_sc_2.pk,
        substitute_id=zone.clerk_sc.pk, valid_from=today, valid_to=today + dt.timedelta(days=4),
        reason="年休假", actor=zone.actor("head_sc"),
    )  # fmt: skip
    here = live_server.url

    sign_in(page, "head_sc")
    page.goto(f"{here}/desk/office/")
    expect(page.get_by_text("拟不予批准")).to_be_visible()
    fits(page, least=DENSE_TARGET, name="office", full_page=True)
    page.get_by_role("link", name="通同事").click()
    page.get_by_label("全选").check()
    fits(page, least=DENSE_TARGET, name="office-person")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.get_by_label("改派给").select_option(label="通承办")
    fits(page, least=DENSE_TARGET, name="bulk-ask")
    # The run is left where it began: the page that shows it goes on by itself.
    monkeypatch.setattr("workflows.desk.queue.batch.PATIENCE_SECONDS", 0)
    page.route(re.compile("/on/$"), lambda route: route.abort())
    page.get_by_role("button", name="对这 2 件办理").click()
    expect(page.get_by_role("heading", name="还有 2 件")).to_be_visible()
    fits(page, least=DENSE_TARGET, name="bulk-waiting")
    page.unroute(re.compile("/on/$"))
    monkeypatch.setattr("workflows.desk.queue.batch.PATIENCE_SECONDS", 5)
    page.reload()
    expect(page.get_by_role("heading", name="批量改派：2 件成功")).to_be_visible()
    fits(page, least=DENSE_TARGET, name="bulk-done")

    sign_in(page, "clerk_sc")
    page.goto(f"{here}/desk/phrases/")
    page.get_by_label("内容").fill("材料齐全，同意。")
    page.get_by_role("button", name="保存").click()
    fits(page, least=DENSE_TARGET, name="phrases")
    page.goto(f"{here}/desk/?view=office")
    page.get_by_label("全选").check()
    page.locator("#batch-step").select_option(value="approve")
    page.get_by_role("button", name="批量办理").click()
    page.locator("select[name=phrase-opinion]").select_option(label="材料齐全，同意。")
    page.get_by_role("button", name="填入").click()
    expect(page.get_by_label("审查意见", exact=False).first).to_have_value("材料齐全，同意。")
    page.get_by_role("button", name="对这 3 件办理").click()
    # One of them waits for the head's word.
    expect(page.get_by_role("heading", name="2 件成功，1 件没有办")).to_be_visible()
    fits(page, least=DENSE_TARGET, name="bulk-refused")
    page.goto(f"{here}/desk/away/")
    fits(page, least=DENSE_TARGET, name="away")
