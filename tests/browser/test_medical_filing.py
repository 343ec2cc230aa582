"""Filing in a real browser: what is told before handing in, the filing itself, and the clerk's page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.looking import fits
from tests.medical.cover import CHONGQING, DAZHOU, LIANGSHAN, filed, insure
from tests.portal.applying import Applying
from tests.portal.conftest import signed_in
from tests.portal.test_medical_filing import ANSWERS, GOING
from tests.world import LIN_ID, World, build_world

pytestmark = pytest.mark.browser


@pytest.fixture
def zone(transactional_db: None) -> World:
    world = build_world()
    world.post("medical_sc", "达医保", DAZHOU, "medical_insurance", "clerk")
    world.citizen.id_number, world.citizen.phone = LIN_ID, "13800000000"
    world.citizen.save()
    filed(insure(DAZHOU, id_number=LIN_ID, name="林晓梅"), "long_term", LIANGSHAN)
    return world


def come_in(page: Page, world: World, who: str, live_server: LiveServer) -> None:
    key = signed_in(world.people[who]).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])


def test_a_person_files_on_the_phone_and_gives_it_up_and_a_clerk_sees_what_matters(
    zone: World, phone: Page, live_server: LiveServer
) -> None:
    walk = Applying(signed_in(zone.citizen), zone.matter("异地就医登记备案"), **GOING)
    walk.for_myself()
    walk.post("where/", at="500101")
    walk.post("form/", **ANSWERS | {"destination": CHONGQING})
    come_in(phone, zone, "citizen", live_server)
    phone.goto(live_server.url + walk.path.replace("/apply/", "/check/"))
    expect(phone.get_by_text("已经备案：异地长期居住，备案地凉山彝族自治州")).to_be_visible()
    fits(phone, least=44)
    phone.goto(f"{live_server.url}/apply/{walk.key}/check/")
    expect(phone.get_by_text("是否免备案没有查到").first).to_be_visible()
    fits(phone, least=44)
    phone.get_by_label("我承诺所填内容").check()
    phone.get_by_role("button", name="提交申请").click()
    phone.goto(f"{live_server.url}/my/")
    phone.get_by_role("link", name="异地就医登记备案").first.click()
    number = phone.url.rstrip("/").rsplit("/", 1)[1]
    fits(phone, least=44)
    phone.get_by_role("link", name="取消备案").first.click()
    phone.get_by_label("理由").fill("提前回来")
    phone.get_by_role("button", name="下一步：确认").click()
    expect(phone.get_by_text("以后需要时可以重新备案")).to_be_visible()
    phone.get_by_role("button", name="确认取消备案").click()
    expect(phone.get_by_text("起不再有效：提前回来")).to_be_visible()
    fits(phone, least=44)
    come_in(phone, zone, "medical_sc", live_server)
    phone.goto(f"{live_server.url}/desk/{number}/")
    expect(phone.get_by_text("达州市职工医保，自2020年1月1日起")).to_be_visible()
    phone.get_by_text("这项备案依据的规则").click()
    fits(phone)
