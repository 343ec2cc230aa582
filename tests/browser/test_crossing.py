"""A case crosses the border in a real browser, and comes back: 重庆 → 四川 → 重庆.

林晓梅 applies on her phone; the 万州 window collects and forwards; 通川 asks for one more paper; she
supplements; 通川 decides; she sees it, is told of it and rates it; the supervisor's page counts it.
It happens around the 调休 of National Day 2026: 20 September and 10 October are worked, 1–7 October
and 25–27 September are not.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from typing import Protocol

import pytest
import time_machine
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.looking import axe_clean, no_sideways_scroll, shot
from tests.world import LIN_ID, SUBSIDY, ZHOU_ID, World, at, build_world
from tongban.notices.dispatch import deliver_due
from tongban.offices.calendar_loading import load_calendar
from workflows.cases.ledger import first_break
from workflows.cases.models import Case, Document
from workflows.cases.service import serve_documents
from workflows.cases.sweep import sweep_deadlines
from workflows.throughput.counting import count_today, recount_last

PASSWORD = "Shan-cheng-2026"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}
Sign = Callable[..., Page]


class Clock(Protocol):
    def move_to(self, destination: dt.datetime) -> None: ...


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Monday, 28 September 2026, and it runs."""
    with time_machine.travel(at("2026-09-28 10:00"), tick=True) as moved:
        yield moved


@pytest.fixture
def zone(clock: Clock, transactional_db: None) -> World:
    world = build_world()
    load_calendar(at=at("2026-01-01 00:00"))
    world.matter(SUBSIDY)
    citizen = world.citizen
    citizen.id_number, citizen.phone = LIN_ID, "16412345678"
    citizen.save()
    for name in ("citizen", "clerk_cq", "clerk_sc", "supervisor_sc"):
        world.people[name].set_password(PASSWORD)
        world.people[name].save()
    return world


@pytest.fixture
def sign_in(browser: Browser, zone: World, live_server: LiveServer) -> Iterator[Sign]:
    """Each person has a browser of their own, and signs in by name and password."""
    opened: list[BrowserContext] = []

    def sign(who: str, size: dict[str, int]) -> Page:
        context = browser.new_context(locale="zh-CN", viewport=size, base_url=live_server.url)  # type: ignore[arg-type]
        context.set_default_timeout(8000)
        opened.append(context)
        page = context.new_page()
        page.goto("/sign-in/")
        page.get_by_label("账号").fill(zone.people[who].username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        return page

    yield sign
    for context in opened:
        context.close()


def looked_at(page: Page, name: str) -> None:
    axe_clean(page)
    no_sideways_scroll(page)
    shot(page, name)


def apply_on_the_phone(page: Page, zone: World) -> str:
    """Every page of the application, one thing a page; gives the case's number."""
    page.goto("/")
    looked_at(page, "home-phone")
    page.get_by_role("searchbox").fill("困难残疾人")
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("link", name=SUBSIDY).first.click()
    looked_at(page, "guide-phone")
    page.get_by_role("link", name="申请办理").first.click()
    page.get_by_role("button", name="开始填写").click()
    looked_at(page, "tasks-phone")
    page.get_by_role("link", name="申请人与代办").click()
    page.get_by_label("为我自己办").check()
    page.get_by_role("button", name="保存并继续").click()
    where_and_what(page)
    papers(page)
    check_and_hand_in(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("已提交")
    looked_at(page, "receipt-phone")
    return Case.objects.get().number


def where_and_what(page: Page) -> None:
    draft = page.url.split("/apply/")[1].split("/")[0]
    page.goto(f"/apply/{draft}/where/")
    page.locator("select[name=at]").select_option("500101")
    page.get_by_role("button", name="保存并继续").click()
    page.get_by_label("万州区政务服务中心").check()
    page.get_by_role("button", name="保存并继续").click()
    page.goto(f"/apply/{draft}/form/")
    page.get_by_role("button", name="保存并继续").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    looked_at(page, "form-errors-phone")
    page.locator("[name=beneficiary_name]").fill("周德福")
    page.locator("[name=beneficiary_id]").fill(ZHOU_ID)
    page.locator("[name=household_region]").select_option("511702")
    page.locator("[name=phone]").fill("16412345678")
    page.locator("[name=disability_kind]").first.check()
    page.locator("[name=disability_level]").first.check()
    page.locator("[name=bank_name]").fill("中国示范银行万州支行")
    page.locator("[name=bank_card]").fill("6222020000000000008")
    page.get_by_role("button", name="保存并继续").click()


def papers(page: Page) -> None:
    draft = page.url.split("/apply/")[1].split("/")[0]
    page.goto(f"/apply/{draft}/papers/")
    page.get_by_role("button", name="都到窗口交").click()


def check_and_hand_in(page: Page) -> None:
    draft = page.url.split("/apply/")[1].split("/")[0]
    page.goto(f"/apply/{draft}/check/")
    looked_at(page, "check-phone")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="提交申请").dblclick()


def take(page: Page, number: str, step: str, fill: Callable[[Page], None] | None = None) -> None:
    """Open the case, choose a step, fill its form, press its button."""
    page.goto(f"/desk/{number}/{step}/")
    if fill:
        fill(page)
    page.locator(f"form[action*='/{step}/'] button[type=submit]").last.click()
    page.wait_for_load_state()


def test_a_case_crosses_the_border_and_comes_back(zone: World, sign_in: Sign, clock: Clock) -> None:
    number = apply_on_the_phone(sign_in("citizen", PHONE), zone)

    # Days go by between the steps, and a session ends after half an hour: all sign in anew.
    clock.move_to(at("2026-09-29 09:30"))
    window = sign_in("clerk_cq", DESK)
    window.goto("/desk/")
    window.get_by_role("link", name=re.compile(r"^本单位(?!事项)")).click()
    looked_at(window, "queue")
    window.get_by_role("link", name=number).first.click()
    looked_at(window, "case-at-the-window")
    take(window, number, "collect", tick_all)
    take(window, number, "forward", by_post("EMS1234567890"))

    clock.move_to(at("2026-09-30 15:00"))
    desk = sign_in("clerk_sc", DESK)
    take(desk, number, "sign", tick_all)
    take(desk, number, "accept")
    desk.goto(f"/desk/{number}/")
    looked_at(desk, "case-at-the-desk")
    take(desk, number, "require_supplement", one_more_paper)

    clock.move_to(at("2026-10-08 20:00"))
    citizen = sign_in("citizen", PHONE)
    citizen.goto("/inbox/")
    citizen.get_by_role("link", name="请补正材料").click()
    looked_at(citizen, "told-phone")
    assert serve_documents() == 1
    citizen.goto(f"/my/{number}/")
    looked_at(citizen, "my-case-phone")
    citizen.goto(f"/my/{number}/supplement/")
    photo = {"name": "残疾人证.jpg", "mimeType": "image/jpeg", "buffer": a_photo()}
    citizen.locator("input[type=file]").first.set_input_files(photo)  # type: ignore[arg-type]
    looked_at(citizen, "supplement-phone")
    citizen.get_by_role("button", name="提交补正", exact=True).click()
    expect(citizen.locator("main")).to_contain_text("审定")

    clock.move_to(at("2026-10-10 10:00"))
    desk, citizen = sign_in("clerk_sc", DESK), sign_in("citizen", PHONE)
    take(desk, number, "approve", lambda p: p.locator("[name=opinion]").fill("符合条件，同意"))
    take(desk, number, "feed_back", lambda p: p.locator("[value=electronic]").check())
    deliver_due()
    sweep_deadlines()

    citizen.goto(f"/my/{number}/")
    expect(citizen.locator("main")).to_contain_text("已办结")
    citizen.goto(f"/my/{number}/rate/")
    citizen.get_by_label("非常满意").check()
    citizen.get_by_role("button", name="提交", exact=True).click()
    citizen.goto("/inbox/")
    expect(citizen.get_by_role("link", name="办结").first).to_be_visible()

    counted_for_the_supervisor(sign_in("supervisor_sc", DESK))
    same_as_data(number)


def a_photo() -> bytes:
    """What a phone's camera gives, only smaller."""
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "lightgray").save(picture, "JPEG")
    return picture.getvalue()


def tick_all(page: Page) -> None:
    for box in page.get_by_role("checkbox").all():
        box.check()


def by_post(waybill: str) -> Callable[[Page], None]:
    def fill(page: Page) -> None:
        page.locator("[value=post]").check()
        page.locator("[name=waybill]").fill(waybill)

    return fill


def one_more_paper(page: Page) -> None:
    page.locator("[name=items]").fill("残疾人证复印件（正反面）")
    page.locator("[name=reason]").fill("所交复印件看不清等级，请重新提交。")


def counted_for_the_supervisor(page: Page) -> None:
    recount_last()
    count_today()
    page.goto("/throughput/")
    looked_at(page, "throughput")
    row = page.get_by_role("row", name="渝→川（重庆收件，四川办理）").first
    expect(row.get_by_role("cell").nth(1)).to_have_text(re.compile("^1，"))


def same_as_data(number: str) -> None:
    """Gapless events, and clocks that know which days were worked."""
    case = Case.objects.get(number=number)
    events = list(case.events.order_by("seq"))
    assert [e.seq for e in events] == list(range(1, len(events) + 1))
    assert first_break(events) is None
    assert [e.step for e in events] == [
        "open", "collect", "forward", "sign", "accept", "require_supplement", "serve",
        "supplement", "approve", "feed_back", "rate",
    ]  # fmt: skip
    dues = {e.step: e.data["due"] for e in events}
    # Three working days from 29 September: 30 September, 8 and 9 October.
    assert dues["collect"]["hop"].startswith("2026-10-10")
    # Ten from 30 September: 8, 9, 10, 12 … 20 October.
    assert dues["accept"]["hop"].startswith("2026-10-21")
    # While she was asked, one worked day went by (8 October): the tenth is the 21st now.
    assert dues["supplement"]["hop"].startswith("2026-10-22")
    # Sixteen from 29 September, and the one she took.
    assert dues["collect"]["promise"].startswith("2026-10-28")
    assert dues["supplement"]["promise"].startswith("2026-10-29")
    assert case.effective_month == dt.date(2026, 9, 1)
    assert (case.outcome, case.facts["rating"]) == ("done", 5)
    assert Document.objects.filter(case=case).count() == 4
