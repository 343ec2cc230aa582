"""One's own cases, documents and the public progress in a real browser, with the longest of names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests import journeys
from tests.browser.looking import axe_clean, fits, no_sideways_scroll, targets_are_large
from tests.portal.applying import photo
from tests.portal.conftest import signed_in
from tests.world import LIN_ID, World, build_world
from tongban.accounts.models import User
from tongban.offices.models import Office
from tongban.style_samples import LONG_NAME, LONG_OFFICE
from workflows.cases.models import Document
from workflows.cases.places import forget_offices

ITEMS = (
    "残疾人证复印件（正反面，须清晰可辨）\n监护关系证明或村（居）民委员会出具的共同生活情况说明，"
    "注明出具日期、出具人姓名和联系电话"
)


@pytest.fixture
def zone(transactional_db: None, settings: Settings, tmp_path: Path) -> World:
    """Both provinces; everybody and every office has the longest name."""
    settings.UPLOAD_DIR = tmp_path / "uploads"
    world = build_world()
    Office.objects.update(name=LONG_OFFICE)
    User.objects.filter(pk=world.citizen.pk).update(name=LONG_NAME)
    world.citizen.refresh_from_db()
    forget_offices()
    return world


@pytest.fixture
def mine(zone: World, page: Page, live_server: LiveServer) -> Callable[[str], Page]:
    """Open an address as the applicant."""
    key = signed_in(zone.citizen).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])

    def opened(address: str) -> Page:
        page.goto(live_server.url + address)
        return page

    return opened


def looked_at(page: Page) -> None:
    fits(page, least=44)


def test_the_list_with_nothing_and_with_all_kinds(zone: World, mine: Callable[[str], Page]) -> None:
    looked_at(mine("/my/"))
    journeys.supplementing(zone, waybill="EMS0000000021")
    journeys.delivering(zone, waybill="EMS0000000022")
    journeys.arrived(zone, waybill="EMS0000000023")
    page = mine("/my/")
    expect(page.locator(".my-case")).to_have_count(3)
    looked_at(page)


def test_every_page_of_a_case_that_waits_for_the_applicant(
    zone: World, mine: Callable[[str], Page]
) -> None:
    matter = zone.matter("困难残疾人生活补贴", supplement="10G")
    journey = journeys.reviewing(zone, matter=matter)
    journey.take("require_supplement", "clerk_sc", items=ITEMS, reason="看不清，请重拍。")
    journey.take("ask", "citizen", kind="complaint", text="等了很久。" * 60)
    number = journey.case.number
    for address in ("", "supplement/", "ask/", "withdraw/", "rate/", "clock/promise/"):
        looked_at(mine(f"/my/{number}/{address}"))
    page = mine(f"/my/{number}/supplement/")
    page.get_by_role("button", name="提交补正", exact=True).click()
    expect(page.locator(".error-summary")).to_be_focused()
    looked_at(page)
    page = mine(f"/my/{number}/withdraw/")
    page.get_by_label("理由").fill("改在户籍地办")
    page.get_by_role("button", name="下一步：确认").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("确认撤回申请吗？")
    looked_at(page)


def test_a_page_of_an_earlier_moment_keeps_what_was_typed(
    zone: World, mine: Callable[[str], Page]
) -> None:
    journey = journeys.arrived(zone)
    page = mine(f"/my/{journey.case.number}/ask/")
    page.get_by_label("催办").check()
    page.get_by_label("内容").fill("请快一点")
    journey.take("accept", "clerk_sc")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("没有生效")
    expect(page.get_by_label("内容")).to_have_value("请快一点")
    looked_at(page)


def test_large_text_fits_a_phone(
    zone: World, mine: Callable[[str], Page], live_server: LiveServer
) -> None:
    journey = journeys.supplementing(zone)
    page = mine("/my/")
    page.context.add_cookies([{"name": "large", "value": "1", "url": live_server.url}])
    document = Document.objects.filter(case_id=journey.id).latest("id").number
    case = f"/my/{journey.case.number}/"
    for address in ("/my/", case, f"{case}supplement/", f"{case}clock/promise/",
                    f"/documents/{document}/", "/progress/"):  # fmt: skip
        phone = mine(address)
        phone.set_viewport_size({"width": 360, "height": 800})
        axe_clean(phone, colours=False)
        no_sideways_scroll(phone)
        targets_are_large(phone)


def test_a_supplement_by_keyboard_alone(zone: World, mine: Callable[[str], Page]) -> None:
    journey = journeys.reviewing(zone)
    journey.take("require_supplement", "clerk_sc", items="残疾人证\n户口簿", reason="看不清")
    number = journey.case.number
    page = mine(f"/my/{number}/")
    page.get_by_role("link", name="提交补正").focus()
    page.keyboard.press("Enter")
    box = page.locator("input[type=file]").first
    box.focus()
    file = {"name": "残疾人证.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    box.set_input_files(file)  # type: ignore[arg-type]
    tabs_to(page, "otherwise", 8)
    page.keyboard.press("Tab")
    tabs_to(page, "otherwise", 3)
    page.keyboard.press("Space")
    tabs_to(page, "note", 3)
    page.keyboard.type("户口簿在补办")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(page.url.split("/my/")[0] + f"/my/{number}/")
    expect(page.get_by_role("status")).to_contain_text("已提交补正")
    assert journey.case.state == "reviewing"


def tabs_to(page: Page, name: str, most: int) -> None:
    """Press Tab until a control of that name has the focus."""
    for _ in range(most):
        if name in str(page.evaluate("document.activeElement.name")):
            return
        page.keyboard.press("Tab")
    assert name in str(page.evaluate("document.activeElement.name"))


def test_documents_fit_and_print_without_the_frame(
    zone: World, mine: Callable[[str], Page]
) -> None:
    journey = journeys.reviewing(zone)
    journey.take("disapprove", "clerk_sc", reason="户籍不在本区。" * 30)
    for document in Document.objects.filter(case_id=journey.id):
        page = mine(f"/documents/{document.number}/")
        looked_at(page)
        page.emulate_media(media="print")
        for hidden in (".top", ".nav", ".foot", ".buttons", ".crumbs"):
            expect(page.locator(hidden).first).to_be_hidden()
        expect(page.locator(".paper").first).to_be_visible()
        page.emulate_media(media="screen")


def test_the_public_progress_with_and_without_errors(
    zone: World, page: Page, live_server: LiveServer
) -> None:
    case = journeys.arrived(zone).case
    page.goto(f"{live_server.url}/progress/?number={case.number}")
    looked_at(page)
    page.get_by_role("button", name="查询", exact=True).click()
    expect(page.locator(".error-summary")).to_be_focused()
    looked_at(page)
    page.get_by_label("申请人证件号码后六位").fill(LIN_ID[-6:])
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(LONG_OFFICE)
    looked_at(page)
