"""The operator's pages in a real browser: on a phone and at a desk, by keyboard, with mistakes."""

from __future__ import annotations

import pytest
from django.conf import settings as site
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from matters.catalogue.models import MatterVersion
from matters.catalogue.publishing import last_act, make_draft, publish
from tests import journeys
from tests.browser.looking import axe_clean, no_sideways_scroll
from tests.world import SUBSIDY, World, build_world
from workflows.cases.move_plan import MovePlan
from workflows.cases.moving import begin_moving, carry_on

WIDTHS = (360, 1440)


@pytest.fixture
def zone(transactional_db: None) -> World:
    world = build_world()
    world.post("operator", "运维员", "500000", "supervision", "operator")
    return world


@pytest.fixture
def house(page: Page, live_server: LiveServer, zone: World) -> str:
    """The operator has sat down; gives the site's address."""
    session = Client()
    session.force_login(zone.people["operator"])
    name = site.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": session.cookies[name].value, "url": live_server.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    return live_server.url


def two_versions(zone: World) -> tuple[MatterVersion, MatterVersion]:
    """The subsidy and what an operator published of it today, with another promise."""
    old, operator = zone.matter(SUBSIDY), zone.actor("operator")
    new = make_draft(from_version_id=old.pk, actor=operator)
    new.definition = {**new.definition, "promise": "10G", "fee": "不收费"}
    new.save()
    return old, publish(version_id=new.pk, seen=last_act(new.pk), actor=operator)


def looked_at(page: Page, where: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if where:
            page.goto(where)
        no_sideways_scroll(page)
        axe_clean(page)


@pytest.mark.browser
def test_the_pages_of_versions_and_moves_are_in_order(page: Page, house: str, zone: World) -> None:
    today = f"{timezone.localdate()} 00:01"
    moved, stuck = (journeys.collected(zone, when=today).case for _ in range(2))
    type(stuck).objects.filter(pk=stuck.pk).update(data={**stuck.data, "bank_card": None})
    old, new = two_versions(zone)
    operator = zone.actor("operator")
    draft = make_draft(from_version_id=new.pk, actor=operator)
    moving = begin_moving(old=old, new=new, plan=MovePlan(), actor=operator)
    carry_on(moving, actor=operator)
    journeys.collected(zone, matter=new, when=today)
    slug, start = old.matter.slug, f"{house}/operator/"
    for path in (
        "", "matters/", f"matters/{slug}/", f"versions/{old.pk}/",
        f"versions/{draft.pk}/", f"versions/{old.pk}/difference/{new.pk}/",
        f"versions/{old.pk}/rights/", f"versions/{new.pk}/move/{old.pk}/?try=1", "movings/",
        f"movings/{moving.pk}/",
    ):  # fmt: skip
        looked_at(page, start + path)
    # By keyboard alone: a mistake is led to, and what was typed is still there.
    page.goto(f"{start}versions/{draft.pk}/")
    page.get_by_label("实施清单").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("\npromises: 3G\n")
    page.get_by_role("button", name="检查并保存草稿").press("Enter")
    expect(page.get_by_role("link", name="promises：没有这个键")).to_be_visible()
    assert page.get_by_label("实施清单").input_value().rstrip().endswith("promises: 3G")
    looked_at(page, "")
    assert type(moved).objects.get(pk=moved.pk).version_id == new.pk


@pytest.mark.browser
def test_a_draft_is_rehearsed_by_keyboard(page: Page, house: str, zone: World) -> None:
    draft = make_draft(from_version_id=zone.matter(SUBSIDY).pk, actor=zone.actor("operator"))
    looked_at(page, f"{house}/operator/versions/{draft.pk}/play/")
    page.get_by_role("button", name="提交申请，开始演练").press("Enter")
    expect(page.get_by_text("待收件").first).to_be_visible()
    looked_at(page, "")
    page.locator("a[href*='step=collect']").first.press("Enter")
    page.get_by_role("button", name="办理").press("Enter")
    expect(page.get_by_text("须先核验身份").first).to_be_visible()
    looked_at(page, "")
    page.get_by_label("已核验申请人").check()
    page.get_by_role("button", name="办理").press("Enter")
    expect(page.get_by_text("已收件，待转递").first).to_be_visible()
    page.get_by_text("逐日说明").first.click()
    looked_at(page, "")
