"""The window in a real browser: a card reader, one hand on the keyboard, no mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings as site
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from matters.catalogue.words import search_text
from tests import journeys
from tests.browser.looking import fits
from tests.world import LIN_ID, ORPHAN, SUBSIDY, ZHOU_ID, World, build_world
from tongban.offices.models import Office
from tongban.style_samples import LONG_NAME, LONG_OFFICE
from workflows.cases.models import Case, TurnedAway
from workflows.cases.opening import PartyInput

DENSE_TARGET = 36
CARD = "6222020000000000008"
SignIn = Callable[[Page, str], None]


@pytest.fixture
def zone(transactional_db: None) -> World:
    world = build_world()
    matter = world.matter(SUBSIDY).matter
    matter.search_text = search_text(matter.name)
    matter.save(update_fields=["search_text"])
    lin = world.citizen
    lin.id_number, lin.phone = LIN_ID, "13812345678"
    lin.save(update_fields=["id_number", "phone"])
    return world


@pytest.fixture
def sign_in(live_server: LiveServer, zone: World) -> SignIn:
    def signed_in(page: Page, who: str) -> None:
        session = Client()
        session.force_login(zone.people[who])
        name = site.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": session.cookies[name].value, "url": live_server.url}
        page.context.add_cookies([cookie])  # type: ignore[list-item]

    return signed_in


@pytest.fixture
def counter(page: Page, sign_in: SignIn, live_server: LiveServer) -> str:
    """万窗口 has sat down at the window; gives its address."""
    sign_in(page, "clerk_cq")
    return f"{live_server.url}/desk/counter/"


def scan(page: Page, number: str) -> None:
    """What a card reader does: types the number into whatever has the focus, and Enter."""
    expect(page.locator("input:focus")).to_be_visible()  # a page just opened may be still to draw
    page.keyboard.type(number)
    page.keyboard.press("Enter")


class Hand:
    """Counts what a clerk's hand does; the card reader's typing is not counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.strokes = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.strokes += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.strokes += len(text)


def test_a_known_matter_from_card_to_receipt_without_a_mouse(
    page: Page, counter: str, zone: World
) -> None:
    """林晓梅 has an account: thirty-six strokes, nineteen of them her bank card."""
    page.goto(counter)
    scan(page, LIN_ID)
    expect(page.get_by_role("heading", level=1)).to_contain_text("办什么事")
    hand = Hand(page)
    hand.type("1")
    hand.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(SUBSIDY)
    assert page.evaluate("document.activeElement.name") == "disability_kind"
    hand.press("Space", "Tab", "ArrowDown", "Tab")
    hand.type("三峡银行")
    hand.press("Tab")
    hand.type(CARD)
    hand.press("Tab", "Space", "Tab", "Space", "Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("已收件")
    case = Case.objects.get()
    assert (case.state, case.applicant_name) == ("collected", "林晓梅")
    assert set(case.materials.filter(is_required=True).values_list("status", flat=True)) == {
        "handed_in"
    }
    assert LIN_ID not in page.url + page.title()
    hand.press("n")
    expect(page.get_by_label("身份证号码")).to_be_focused()
    assert hand.strokes <= 36


def test_another_card_in_the_search_box_is_the_next_person(page: Page, counter: str) -> None:
    page.goto(counter)
    scan(page, LIN_ID)
    expect(page.get_by_label("数字选择下面的事项")).to_be_focused()
    scan(page, ZHOU_ID)
    expect(page.get_by_text("已换到这个人")).to_be_visible()
    assert ZHOU_ID not in page.url + page.content()


def test_for_somebody_else_the_second_card_is_read_too(page: Page, counter: str) -> None:
    page.goto(counter)
    scan(page, LIN_ID)
    expect(page.get_by_label("数字选择下面的事项")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    expect(page.get_by_label("申请人身份证号")).to_be_focused()
    scan(page, ZHOU_ID)
    expect(page.get_by_text("5117**********0025")).to_be_visible()


def test_all_required_papers_are_ticked_at_once_and_the_rest_is_not(
    page: Page, counter: str
) -> None:
    page.goto(counter)
    scan(page, LIN_ID)
    page.get_by_role("link", name=SUBSIDY).click()
    page.get_by_label("必要材料全部收到").check()
    expect(page.locator("input[name=c-papers]:checked")).to_have_count(2)


def test_a_card_read_into_the_sheet_goes_on_to_the_next_box(
    page: Page, counter: str, zone: World
) -> None:
    page.goto(counter)
    scan(page, LIN_ID)
    page.get_by_role("link", name=SUBSIDY).click()
    page.get_by_label("残疾人身份证号").focus()
    scan(page, ZHOU_ID)
    expect(page.get_by_label("户籍所在区县")).to_be_focused()
    expect(page.get_by_label("残疾人身份证号")).to_have_value(ZHOU_ID)
    assert not Case.objects.exists()


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_script_the_window_works_too(page: Page, counter: str, zone: World) -> None:
    page.goto(counter)
    page.get_by_label("身份证号码").fill(LIN_ID)
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("link", name=SUBSIDY).click()
    page.get_by_label("视力").check()
    page.get_by_label("一级").check()
    page.get_by_label("开户银行").fill("三峡银行")
    page.get_by_label("收款银行卡号").fill(CARD)
    page.get_by_label("已核验到场人身份证原件").check()
    for paper in page.locator("input[name=c-papers]").all():
        paper.check()
    page.get_by_role("button", name="收件，出具凭证").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已收件")
    page.locator("#main").get_by_role("link", name="邮寄交接").click()
    page.get_by_label(f"选择 {Case.objects.get().number}").check()
    page.get_by_label("运单号").fill("EMS0000000001")
    page.get_by_role("button", name="寄出所选").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("材料交接单")
    assert Case.objects.get().state == "in_transit"


def test_every_page_of_the_window_is_accessible_and_fits(
    page: Page, counter: str, zone: World
) -> None:
    Office.objects.update(name=LONG_OFFICE, roles=["collect"])
    zone.post("busy", LONG_NAME, "500101", "service_center", "clerk")
    for _ in range(4):
        journeys.collected(zone, parties=[PartyInput("applicant", LONG_NAME, None, LIN_ID)])
    page.goto(counter)
    fits(page, least=DENSE_TARGET)
    page.get_by_label("身份证号码").fill(LIN_ID[:-1] + "4")
    page.keyboard.press("Enter")
    expect(page.get_by_text("校验位不正确")).to_be_visible()
    fits(page, least=DENSE_TARGET)
    page.get_by_label("身份证号码").fill("")
    page.goto(counter)
    scan(page, LIN_ID)
    expect(page.get_by_role("heading", level=1)).to_contain_text("办什么事")
    fits(page, least=DENSE_TARGET, name="window-choose", full_page=True)
    visit = page.url
    page.goto(f"{visit}for/")
    fits(page, least=DENSE_TARGET)
    scan(page, ZHOU_ID)
    expect(page.get_by_text("5117**********0025")).to_be_visible()
    page.get_by_role("link", name=SUBSIDY).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(SUBSIDY)
    for closed in page.locator("details").all():
        closed.locator("summary").first.click()
    fits(page, least=DENSE_TARGET)
    page.get_by_role("button", name="存草稿").click()
    expect(page.get_by_text("草稿已保存")).to_be_visible()
    page.locator("[name=c-name]").fill("林<晓梅")
    page.get_by_role("button", name="收件，出具凭证").click()
    expect(page.locator(".error-summary")).to_be_focused()
    fits(page, least=DENSE_TARGET, name="window-sheet", full_page=True)
    page.goto(f"{counter}turn-away/?visit={visit.rstrip('/').rsplit('/', 1)[1]}")
    fits(page, least=DENSE_TARGET)
    page.get_by_role("button", name="登记并打印告知单").click()
    expect(page.locator(".error-summary")).to_be_focused()
    fits(page, least=DENSE_TARGET)
    page.get_by_label("证件已过有效期").check()
    page.get_by_role("button", name="登记并打印告知单").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("不予收件告知单")
    assert TurnedAway.objects.count() == 1
    fits(page, least=DENSE_TARGET, name="window-slip", full_page=True)
    for address in ("turned-away/", ""):
        page.goto(counter + address)
        fits(page, least=DENSE_TARGET, name="window", full_page=True)


def test_every_page_of_parcels_is_accessible_and_fits(
    page: Page, counter: str, zone: World, sign_in: SignIn
) -> None:
    parcels = counter.replace("counter", "parcels")
    for address in ("", "road/", "coming/", "done/"):
        page.goto(parcels + address)
        fits(page, least=DENSE_TARGET)
    Office.objects.update(name=LONG_OFFICE)
    people = [PartyInput("applicant", LONG_NAME, zone.citizen, LIN_ID)]
    for _ in range(6):
        journeys.collected(zone, parties=people)
    journeys.collected(zone, matter=ORPHAN)
    journeys.in_transit(zone, waybill="EMS0000000001", parties=people)
    page.goto(parcels)
    fits(page, least=DENSE_TARGET, name="parcels", full_page=True)
    first = page.locator("form.load").first
    first.get_by_label("全选").check()
    first.get_by_label("运单号").fill("1")
    first.get_by_role("button", name="寄出所选").click()
    expect(page.locator(".error-summary")).to_be_focused()
    fits(page, least=DENSE_TARGET)
    wrong = page.locator("form.load", has=page.locator("#to-send-wrong"))
    wrong.get_by_label("运单号").fill("EMS7777777777")
    wrong.get_by_role("button", name="寄出所选").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("材料交接单")
    fits(page, least=DENSE_TARGET, name="parcel", full_page=True)
    page.goto(f"{parcels}road/")
    fits(page, least=DENSE_TARGET)
    sign_in(page, "clerk_sc")
    page.goto(f"{parcels}coming/")
    fits(page, least=DENSE_TARGET)
    page.get_by_placeholder("扫描运单号").fill("ems7777777777")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("逐份签收")
    page.locator("input[name=arrived]").first.check()
    page.get_by_role("button", name="签收勾选的").first.click()
    expect(page.get_by_text("请写明缺失情况").first).to_be_visible()
    fits(page, least=DENSE_TARGET, name="parcel-signing", full_page=True)
    page.get_by_label("全部到齐").check()
    page.get_by_role("button", name="签收勾选的").first.click()
    expect(page.get_by_text("6 件办好")).to_be_visible()
    fits(page, least=DENSE_TARGET)
