"""A visit in a real browser: the agency has all of it on one page, the patient reads why."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.looking import fits
from tests.browser.test_substitutes import signed_in
from tests.medical.visiting import Hospital, fee, patient
from tests.world import ZHOU_ID, World, build_world


@pytest.fixture
def world_there(transactional_db: None) -> World:
    return build_world()


def test_a_settled_visit_is_one_page_for_the_agency_and_one_for_the_patient(
    page: Page, live_server: LiveServer, world_there: World
) -> None:
    world = world_there
    world.citizen.id_number = ZHOU_ID
    world.citizen.save()
    patient(name="欧阳慕容德福古丽娜扎尔·买买提")
    agency = world.post("agency_cq", "渝医保", "500000", "medical_insurance", "clerk")
    mdtrt_id = Hospital(world).settled_stay(
        fee("123456.78", name="人工全髋关节假体系统（生物型）含髋臼杯、内衬、股骨柄及球头（示范）"),
        fee("2000.00", "02", selfpay_prop="0.1"),
    )
    signed_in(page, live_server, agency)
    page.goto(f"{live_server.url}/desk/{mdtrt_id}/")
    for title in ("就诊与备案", "费用", "结算", "医院报文"):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    page.get_by_text("所用的规则").press("Enter")
    expect(page.get_by_role("row", name="2304 住院结算")).to_be_visible()
    fits(page, name="visit-desk", full_page=True)
    signed_in(page, live_server, world.citizen)
    page.goto(f"{live_server.url}/my/{mdtrt_id}/")
    expect(page.get_by_text("费用已经结清，您不用再做什么")).to_be_visible()
    expect(page.get_by_role("row", name="个人现金支付")).to_be_visible()
    fits(page, least=44, name="visit-mine", full_page=True)
