"""The pattern book in a real browser: what holds here holds for every page built from its parts."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.looking import fits, targets_are_large


@pytest.fixture
def book(live_server: LiveServer, settings: Settings) -> str:
    settings.DEMONSTRATION = True
    return f"{live_server.url}/style/"


def large(page: Page, url: str) -> None:
    page.context.add_cookies([{"name": "large", "value": "1", "url": url}])


@pytest.mark.parametrize("query", ["", "?dense=1"], ids=["citizen", "desk"])
def test_every_part_is_accessible_and_fits(page: Page, book: str, query: str) -> None:
    page.goto(book + query)
    fits(page)


def test_large_text_is_larger_accessible_and_fits(page: Page, book: str) -> None:
    page.goto(book)
    before = size_of_text(page)
    large(page, book)
    page.goto(book)
    assert size_of_text(page) > before * 1.25
    fits(page)


def size_of_text(page: Page) -> float:
    shown: Any = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    return float(shown)


def test_what_a_citizen_presses_on_a_phone_is_large_enough(phone: Page, book: str) -> None:
    phone.goto(book)
    targets_are_large(phone)


def test_the_error_summary_has_the_focus_and_its_links_lead_to_the_fields(
    page: Page, book: str
) -> None:
    page.goto(book)
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="请填写身份证号码").click()
    expect(page.locator("#bad_id_number")).to_be_focused()
    summary.get_by_role("link", name="没有这一天").click()
    expect(page.locator("#bad_born_on_0")).to_be_focused()
    summary.get_by_role("link", name="请选择补贴类型").click()
    expect(page.locator("#bad_kind_0")).to_be_focused()


def test_the_keyboard_reaches_the_content_with_one_press(page: Page, book: str) -> None:
    page.goto(book.replace("/style/", "/nothing-here/"))
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到主要内容")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_key_presses_its_button_but_not_while_somebody_types(page: Page, book: str) -> None:
    page.goto(f"{book}?dense=1")
    page.evaluate(
        "document.querySelector('[data-key=a]')"
        ".addEventListener('click', () => { document.title += '!'; })"
    )
    box = page.locator("#id_name")
    box.focus()
    page.keyboard.type("aaa")
    expect(page).not_to_have_title("!")
    assert not page.title().endswith("!")
    box.press("Escape")
    page.keyboard.press("a")
    assert page.title().endswith("!")


def test_j_and_k_walk_the_rows_of_a_list(page: Page, book: str) -> None:
    page.goto(f"{book}?dense=1")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("a[data-row]").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("a[data-row]").nth(0)).to_be_focused()


PRESS_TWICE = """() => {
  let sent = 0;
  window.addEventListener('submit', event => {
    if (!event.defaultPrevented) sent += 1;
    event.preventDefault();
  });
  const button = document.querySelector('.field ~ .buttons .button');
  button.click();
  button.click();
  return [sent, button.getAttribute('aria-busy')];
}"""


def test_a_form_is_sent_once_however_often_its_button_is_pressed(page: Page, book: str) -> None:
    page.goto(book)
    assert page.evaluate(PRESS_TWICE) == [1, "true"]


def test_the_switch_to_large_text_works_by_hand_and_stays(page: Page, book: str) -> None:
    page.goto(book)
    page.get_by_role("button", name="长辈模式").click()
    expect(page).to_have_url(book)
    expect(page.locator("html")).to_have_class("large")
    page.get_by_role("button", name="标准模式").click()
    expect(page.locator("html")).not_to_have_class("large")


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_script_every_part_is_still_there(page: Page, book: str) -> None:
    page.goto(book)
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.get_by_role("button", name="提交申请")).to_be_visible()


def test_a_printed_page_has_neither_navigation_nor_buttons(page: Page, book: str) -> None:
    page.goto(book)
    page.emulate_media(media="print")
    expect(page.locator(".paper")).to_be_visible()
    for hidden in (".nav", ".top", ".foot", ".paper .buttons"):
        expect(page.locator(hidden)).to_be_hidden()
