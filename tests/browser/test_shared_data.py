"""Four of six papers out of shared data, in a real browser, and the pages of those who share it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.looking import fits
from tests.portal.applying import Applying, photo
from tests.portal.conftest import signed_in
from tests.sharing.registers import load_registers, registered, six_paper_matter
from tests.world import LIN_ID, World, build_world
from tongban.accounts.models import User
from tongban.sharing.models import Holder
from workflows.cases.models import Case
from workflows.portal.popular import forget_popular

FOUR = ["居民身份信息", "居民户籍信息", "残疾人证", "最低生活保障信息"]


@pytest.fixture
def registers(transactional_db: None, settings: Settings, tmp_path: Path) -> World:
    """林晓梅 stands in four of the registers that her subsidy may ask."""
    settings.UPLOAD_DIR = tmp_path / "uploads"
    world = build_world()
    forget_popular()
    load_registers()
    world.citizen.id_number, world.citizen.phone = LIN_ID, "13900000001"
    world.citizen.save()
    registered(FOUR)
    return world


def as_(page: Page, user: User, server: LiveServer) -> None:
    key = signed_in(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": server.url}])


def test_four_of_six_papers_need_not_be_brought(
    registers: World, page: Page, live_server: LiveServer
) -> None:
    applying = Applying(signed_in(registers.citizen), six_paper_matter(registers))
    applying.for_myself()
    applying.at_window(registers.office("500101", "service_center").pk)
    applying.with_answers()
    as_(page, registers.citizen, live_server)
    page.goto(f"{live_server.url}/apply/{applying.key}/papers/")
    page.get_by_role("button", name="都免交").click()
    fits(page, least=44, name="shared-preview", full_page=True)
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="同意并查询").click()
    expect(page.get_by_text("已核验：一致，免交")).to_have_count(4)
    expect(page.get_by_text("居住证未查到")).to_be_visible()
    fits(page, least=44, name="shared-papers", full_page=True)
    for name in ("居住证", "补贴申请表"):
        page.goto(f"{live_server.url}/apply/{applying.key}/papers/")
        page.get_by_role("link", name=name, exact=True).click()
        picture = {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": photo()}
        page.get_by_label("照片、扫描件或 PDF").set_input_files(picture)  # type: ignore[arg-type]
        page.get_by_role("button", name="上传", exact=True).click()
    page.goto(f"{live_server.url}/apply/{applying.key}/check/")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="提交").click()
    case = Case.objects.get(draft_key=applying.key)
    page.goto(f"{live_server.url}/my/{case.number}/")
    expect(page.get_by_role("heading", name="谁查过您的数据")).to_be_visible()
    fits(page, least=44, name="shared-my-case", full_page=True)
    as_(page, registers.clerk_sc, live_server)
    page.goto(f"{live_server.url}/desk/{case.number}/")
    fits(page, name="shared-desk", full_page=True)
    page.get_by_role("link", name="查看具体内容").click()
    page.get_by_label("查看原因").fill("核对残疾等级")
    page.get_by_role("button", name="记录原因并查看").click()
    expect(page.get_by_text("肢体 三级")).to_be_visible()
    fits(page)


def test_the_catalogue_and_a_demand(registers: World, page: Page, live_server: LiveServer) -> None:
    six_paper_matter(registers)
    police = registers.office("500101", "police")
    Holder.objects.filter(pk="500000-police").update(office=police)
    as_(page, registers.clerk_sc, live_server)
    for address in ("", "holders/", "demands/", "resources/510000-disability-card/"):
        page.goto(f"{live_server.url}/sharing/{address}")
        fits(page, name=f"sharing-{address.strip('/').replace('/', '-') or 'list'}")
    page.goto(f"{live_server.url}/sharing/resources/500000-residence-permit/")
    page.get_by_role("link", name="提出数据需求").click()
    page.get_by_role("button", name="提出", exact=True).click()
    fits(page)
    page.get_by_label("需要什么数据").fill("居住证状态")
    page.get_by_label("用来做什么").fill("核对申请人是否在万州居住")
    page.get_by_label("需要的内容").fill("是否持有有效居住证")
    page.get_by_label("依据").fill("示范条例第一条")
    page.get_by_role("button", name="提出", exact=True).click()
    expect(page.get_by_text("需求已提出")).to_be_visible()
    address = page.url
    as_(page, registers.police_cq, live_server)
    page.goto(address)
    fits(page, name="sharing-demand", full_page=True)
    page.get_by_label("不予提供的理由").fill("没有完整数据")
    page.get_by_role("button", name="不予提供").click()
    expect(page.get_by_text("没有完整数据")).to_be_visible()
    fits(page)
