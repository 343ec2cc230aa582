"""The figures in a real browser: on a phone, by keyboard, without script, printed, with long names."""

from __future__ import annotations

import pytest
from django.conf import settings as site
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import journeys
from tests.browser.looking import axe_clean, fits, no_sideways_scroll
from tests.world import World, build_world
from tongban.offices.models import Office
from tongban.style_samples import LONG_NAME, LONG_OFFICE
from workflows.cases.models import Case
from workflows.throughput.counting import count_today

DENSE_TARGET = 36
PAGES = [
    "/throughput/",
    "/throughput/?period=90&direction=cross&since=x",
    "/throughput/tables/offices/",
    "/throughput/tables/days/?period=7",
    "/throughput/cases/?measure=received",
    "/throughput/cases/?measure=in_hand",
    "/throughput/late/",
    "/throughput/late/?light=sent",
    "/throughput/ratings/?show=bad",
    "/throughput/bulletins/",
]


@pytest.fixture
def zone(transactional_db: None) -> World:
    return build_world()


@pytest.fixture
def figures(page: Page, live_server: LiveServer, zone: World) -> str:
    """重庆's supervisor has sat down; gives the site's address."""
    session = Client()
    session.force_login(zone.supervisor_cq)
    name = site.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": session.cookies[name].value, "url": live_server.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    return live_server.url


@pytest.fixture
def busy(zone: World) -> Case:
    """Cases of all kinds, with the longest names there are; one is late and has been urged."""
    Office.objects.filter(pk=zone.office("500101", "service_center").pk).update(name=LONG_OFFICE)
    today = f"{timezone.localdate()} 00:01"
    journeys.completed(zone, when=today).take("rate", "citizen", level="2")
    journeys.begin(zone, when=today).take("withdraw", "citizen", reason="不办了")
    late = zone.open()
    zone.take(late, "urge", "supervisor_cq", {"text": "请尽快收件并说明原因。" * 6})
    # After the step: a step derives the columns anew from clocks that this case has not begun.
    Case.objects.filter(pk=late.pk).update(due_at=timezone.now(), applicant_name=LONG_NAME)
    count_today()
    return late


def test_before_the_first_case_every_page_is_accessible_and_fits(page: Page, figures: str) -> None:
    for path in PAGES:
        page.goto(figures + path)
        fits(page, least=DENSE_TARGET)


def test_with_the_longest_names_every_page_is_accessible_and_fits(
    page: Page, figures: str, busy: Case
) -> None:
    for path in PAGES:
        page.goto(figures + path)
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        fits(page, least=DENSE_TARGET)


def test_large_text_fits_a_phone(phone: Page, figures: str, busy: Case) -> None:
    phone.context.add_cookies([{"name": "large", "value": "1", "url": figures}])
    for path in PAGES:
        phone.goto(figures + path)
        axe_clean(phone, colours=False)
        no_sideways_scroll(phone)


def test_by_keyboard_from_a_late_case_to_its_office(page: Page, figures: str, busy: Case) -> None:
    page.goto(f"{figures}/throughput/late/")
    page.get_by_role("link", name=f"办件 {busy.number}").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("督办")
    axe_clean(page)
    page.get_by_label("督办要求").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    axe_clean(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("请说明为何逾期")
    page.get_by_role("button", name="发出督办").press("Enter")
    expect(page.locator("main")).to_contain_text(f"已向{LONG_OFFICE}发出督办")
    expect(page.get_by_role("row").filter(has_text="请说明为何逾期")).to_contain_text("待答复")


def test_the_meaning_of_a_number_opens_by_keyboard(page: Page, figures: str, busy: Case) -> None:
    page.goto(f"{figures}/throughput/")
    meaning = page.locator("summary", has_text="口径：今天收件")
    meaning.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("从不与办件相加").first).to_be_visible()


def test_a_number_and_a_day_of_the_line_open_their_cases(
    page: Page, figures: str, busy: Case
) -> None:
    page.goto(f"{figures}/throughput/")
    page.locator(".daily a").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("办件明细：办结")
    expect(page.locator("[data-row]")).to_have_count(2)
    page.go_back()
    page.get_by_role("link", name="查看超期的办件").first.click()
    expect(page.locator("[data-row]")).to_have_text([busy.number])


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_script_filters_and_lists_work(page: Page, figures: str, busy: Case) -> None:
    page.goto(f"{figures}/throughput/")
    page.get_by_label("方向", exact=True).select_option("渝→川")
    page.get_by_role("button", name="查看").click()
    assert "direction=cq-sc" in page.url
    page.get_by_role("link", name="查看今天收件的办件").first.click()
    expect(page.locator("[data-row]")).to_have_count(3)


def test_the_line_prints_whole_and_the_filters_do_not(page: Page, figures: str, busy: Case) -> None:
    page.goto(f"{figures}/throughput/")
    page.emulate_media(media="print")
    expect(page.locator("svg.daily")).to_be_visible()
    expect(page.locator(".filters")).to_be_hidden()
