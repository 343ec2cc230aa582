"""The desk in a real browser: by keyboard, on a phone, without script, with names of any length."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings as site
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import journeys
from tests.browser.looking import axe_clean, fits
from tests.world import LIN_ID, World, build_world
from tongban.accounts.models import Look
from tongban.offices.models import Office
from tongban.style_samples import LONG_NAME, LONG_OFFICE
from workflows.cases.models import Case
from workflows.cases.opening import PartyInput

# Staff work densely; still no smaller than this on a phone.
DENSE_TARGET = 36
SignIn = Callable[[Page, str], None]


@pytest.fixture
def zone(transactional_db: None) -> World:
    return build_world()


@pytest.fixture
def sign_in(live_server: LiveServer, zone: World) -> SignIn:
    """That person's session in the page's browser, and the site's address before every path."""

    def signed_in(page: Page, who: str) -> None:
        session = Client()
        session.force_login(zone.people[who])
        name = site.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": session.cookies[name].value, "url": live_server.url}
        page.context.add_cookies([cookie])  # type: ignore[list-item]

    return signed_in


@pytest.fixture
def at_desk(page: Page, sign_in: SignIn, live_server: LiveServer) -> str:
    """A clerk at the 万州 window has sat down; gives the site's address."""
    sign_in(page, "clerk_cq")
    return live_server.url


@pytest.mark.parametrize("view", ["mine", "office", "waiting", "unplaced", "enquiries"])
def test_an_empty_list_is_accessible_and_fits(page: Page, at_desk: str, view: str) -> None:
    page.goto(f"{at_desk}/desk/?view={view}")
    expect(page.locator(".empty")).to_be_visible()
    fits(page, least=DENSE_TARGET)


def test_a_full_list_with_the_longest_names_is_accessible_and_fits(
    page: Page, at_desk: str, zone: World
) -> None:
    Office.objects.update(name=LONG_OFFICE)
    for _ in range(6):
        case = zone.open(parties=[PartyInput("applicant", LONG_NAME, zone.citizen)])
    zone.take(case, "claim", "clerk_cq_2")
    zone.take(case, "ask", "citizen", {"kind": "complaint", "text": "长" * 300})
    journeys.supplementing(zone)
    for query in ("view=office", "view=waiting", "view=enquiries", "view=office&light=purple"):
        page.goto(f"{at_desk}/desk/?{query}")
        fits(page, least=DENSE_TARGET)
    page.goto(f"{at_desk}/desk/search/?q=abc")
    fits(page, least=DENSE_TARGET)
    page.goto(f"{at_desk}/desk/search/?q={case.number[:12]}")
    fits(page, least=DENSE_TARGET, name="desk-queue")


def test_a_case_is_accessible_and_fits_at_every_turn(
    page: Page, at_desk: str, zone: World, sign_in: SignIn
) -> None:
    Office.objects.update(name=LONG_OFFICE)
    journey = journeys.reviewing(
        zone, parties=[PartyInput("applicant", LONG_NAME, zone.citizen, LIN_ID)]
    )
    journey.take("remark", "clerk_sc", text="长" * 200)
    journey.take("ask", "citizen", kind="question", text="字" * 300)
    sign_in(page, "clerk_sc")
    here = f"{at_desk}/desk/{journey.case.number}/"
    page.goto(here)
    for closed in page.locator("details").all():
        closed.locator("summary").first.click()
    fits(page, least=DENSE_TARGET, name="desk-case")
    for step in ("disapprove", "extend", "answer", "look/party.1.phone", "remark"):
        page.goto(f"{here}{step}/")
        fits(page, least=DENSE_TARGET)
    page.get_by_role("button", name="备注", exact=True).click()
    expect(page.locator(".error-summary")).to_be_focused()
    fits(page, least=DENSE_TARGET)


def test_a_morning_by_keyboard_alone(page: Page, at_desk: str, zone: World) -> None:
    first, second = zone.open(), zone.open()
    page.goto(f"{at_desk}/desk/?view=office")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=second.number)).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_label(f"选择 {second.number}")).to_be_checked()
    page.keyboard.press("c")
    expect(page.get_by_role("status")).to_contain_text(f"{second.number}：已领取")
    page.keyboard.press("n")
    expect(page).to_have_url(f"{at_desk}/desk/{second.number}/")
    page.keyboard.press("n")
    expect(page).to_have_url(f"{at_desk}/desk/{first.number}/")
    page.keyboard.press("c")
    expect(page.get_by_role("status")).to_contain_text("已领取。")
    page.go_back()
    page.goto(f"{at_desk}/desk/")
    page.keyboard.press("/")
    page.keyboard.type(first.number[-8:])
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{at_desk}/desk/{first.number}/")


def test_a_number_opens_its_step_in_place_and_the_papers_stay_open(
    page: Page, at_desk: str, zone: World
) -> None:
    case = zone.open()
    page.goto(f"{at_desk}/desk/{case.number}/")
    why = page.locator("#ledger-title")
    why.evaluate("node => node.dataset.mark = 'still here'")
    page.keyboard.press("2")
    expect(page).to_have_url(f"{at_desk}/desk/{case.number}/turn_back/")
    expect(page.locator("#opened-title")).to_be_focused()
    expect(page.get_by_label("理由")).to_be_visible()
    expect(why).to_have_attribute("data-mark", "still here")
    page.get_by_label("理由").fill("不属于本窗口")
    page.get_by_role("button", name="退件").click()
    expect(page.get_by_role("status")).to_contain_text("已退件。")


def test_digits_from_a_card_reader_take_no_step(
    page: Page, at_desk: str, zone: World, sign_in: SignIn
) -> None:
    case = journeys.arrived(zone).case
    sign_in(page, "clerk_sc")
    page.goto(f"{at_desk}/desk/{case.number}/")
    page.keyboard.press("1")
    expect(page.get_by_role("button", name="受理")).to_be_focused()
    page.wait_for_timeout(100)
    assert Case.objects.get(pk=case.pk).state == "received"
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已受理。")


def test_a_masked_number_is_shown_in_place_once_the_reason_is_written(
    page: Page, at_desk: str, zone: World
) -> None:
    case = zone.open()
    page.goto(f"{at_desk}/desk/{case.number}/")
    party = page.locator(".party")
    party.get_by_role("link", name="证件号码全文").click()
    party.get_by_role("button", name="记录原因并查看").click()
    expect(party).to_contain_text("请写明查看原因")
    assert not Look.objects.exists()
    party.get_by_label("查看原因").fill("核对身份证原件")
    party.get_by_role("button", name="记录原因并查看").click()
    expect(party).to_contain_text(LIN_ID)
    assert page.url.endswith(f"/desk/{case.number}/")
    assert Look.objects.get().reason == "核对身份证原件"
    page.reload()
    expect(page.locator(".party")).not_to_contain_text(LIN_ID)


def test_a_stale_page_tells_who_was_quicker_and_keeps_what_was_typed(
    page: Page, at_desk: str, zone: World
) -> None:
    case = zone.open()
    page.goto(f"{at_desk}/desk/{case.number}/turn_back/")
    zone.take(case, "remark", "clerk_cq_2", {"text": "等一下，我问问"})
    page.get_by_label("理由").fill("不属于本窗口")
    page.get_by_role("button", name="退件").click()
    expect(page.get_by_role("alert")).to_contain_text("万同事（万州区政务服务中心）已于")
    expect(page.get_by_label("理由")).to_have_value("不属于本窗口")
    axe_clean(page)
    page.get_by_role("button", name="退件").click()
    expect(page.get_by_role("status")).to_contain_text("已退件。")


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_script_the_day_goes_on(page: Page, at_desk: str, zone: World) -> None:
    case = zone.open()
    page.goto(f"{at_desk}/desk/?view=office")
    page.get_by_role("button", name=f"领取 {case.number}").click()
    expect(page.get_by_role("status")).to_contain_text("已领取")
    page.get_by_role("link", name=case.number).click()
    page.get_by_role("link", name="退件").click()
    page.get_by_label("理由").fill("不属于本窗口")
    page.get_by_role("button", name="退件").click()
    expect(page.get_by_role("status")).to_contain_text("已退件。")
    page.goto(f"{at_desk}/desk/{case.number}/")
    page.locator(".party").get_by_role("link", name="证件号码全文").click()
    page.get_by_label("查看原因").fill("核对身份证原件")
    page.get_by_role("button", name="记录原因并查看").click()
    expect(page.locator(".looked")).to_contain_text(LIN_ID)
