"""异地贷款 in a real browser: from the certificate to 结清, 达州's desk, 重庆's desk, and the person's phone."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from matters.housing_fund.models import Loan
from tests.browser.looking import fits
from tests.flows.loans import (
    CONTRACT,
    REGISTERED,
    account,
    applied,
    asked_for_certificate,
    beside,
    people,
)
from tests.portal.conftest import signed_in
from tests.world import World, build_world
from workflows.cases.models import Case

pytestmark = pytest.mark.browser


@pytest.fixture
def centres(transactional_db: None) -> World:
    world = people(build_world())
    account(world, until=timezone.localdate())
    return world


class Desk:
    """Whoever sits there, at one case."""

    def __init__(self, page: Page, live: LiveServer, world: World) -> None:
        self.page, self.live, self.world = page, live, world

    def sit(self, who: str) -> None:
        key = signed_in(self.world.people[who]).cookies["sessionid"].value
        cookie = {"name": "sessionid", "value": key, "url": self.live.url}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]

    def press(self, case: Case, label: str) -> None:
        self.page.goto(f"{self.live.url}/desk/{case.number}/")
        self.page.get_by_role("button", name=re.compile(f"^{label}")).first.click()

    def fill(self, case: Case, step: str, label: str, given: Mapping[str, str]) -> None:
        self.page.goto(f"{self.live.url}/desk/{case.number}/{step}/")
        for field, value in given.items():
            self.page.get_by_label(field).fill(value)
        self.page.get_by_role("button", name=re.compile(f"^{label}")).first.click()


def test_a_loan_from_the_certificate_to_the_last_payment_across_both_provinces(
    centres: World, page: Page, live_server: LiveServer
) -> None:
    desk = Desk(page, live_server, centres)
    asked = asked_for_certificate(centres)
    desk.sit("keeper")
    desk.press(asked.case, "核查缴存和贷款记录")
    expect(page.get_by_text("未发现不予出具的情形")).to_be_visible()
    fits(page, name="loan-certificate")
    desk.fill(asked.case, "issue_certificate", "开具证明", {"有效期至": "2028-12-31"})
    expect(page.get_by_text("已开具").first).to_be_visible()
    number = asked.case.facts["certificate"]

    loan = applied(centres, certificate_number=number)
    desk.sit("lender")
    desk.press(loan.case, "核验缴存使用证明")
    desk.press(loan.case, "受理")
    terms = {"两年内最长连续逾期期数": "0", "两年内累计逾期期数": "0"}
    desk.fill(loan.case, "reckon_amount", "核算可贷额度", terms)
    expect(page.get_by_text("以此为准")).to_be_visible()
    page.get_by_text("依据的规则", exact=True).click()
    fits(page, name="loan-review", full_page=True)
    desk.fill(loan.case, "approve", "批准贷款", {"批准金额（元）": "900000", "审查意见": "同意"})
    expect(page.get_by_text("不能多于申请的金额").first).to_be_visible()
    desk.fill(loan.case, "approve", "批准贷款", {"批准金额（元）": "300000", "审查意见": "同意"})
    day = "2026-11-20 10:00"
    loan.take("sign_contract", "lender", day, **CONTRACT)
    loan.take("register_title", "lender", **REGISTERED)
    loan.take("register_mortgage", "lender", **REGISTERED)
    loan.take("submit_for_release", "lender")
    desk.sit("lender_head")
    desk.fill(loan.case, "disburse", "放款", {"放款凭证号": "FK0001"})
    expect(page.get_by_text("已放款").first).to_be_visible()

    receipt = beside(loan, centres, "mark").case
    desk.sit("keeper")
    page.goto(f"{live_server.url}/desk/loans/")
    expect(page.get_by_text(CONTRACT["number"])).to_be_visible()
    fits(page, name="loan-unmarked")
    desk.fill(receipt, "mark_account", "标记账户", {})
    page.goto(f"{live_server.url}/desk/{receipt.number}/")
    expect(page.get_by_text("异地贷款标记", exact=True)).to_be_visible()

    desk.sit("lender")
    on = Loan.objects.get().released_on.isoformat()
    paid = {"结清日期": on, "最后一笔还款凭证号": "HK1"}
    desk.fill(loan.case, "settle_loan", "登记结清", paid)
    desk.sit("keeper")
    desk.fill(beside(loan, centres, "lift").case, "lift_account", "解除标记", {})
    expect(page.get_by_text("标记已解除").first).to_be_visible()

    desk.sit("citizen")
    page.goto(f"{live_server.url}/my/{loan.case.number}/")
    for words in ("放款回执", "结清回执", "标记已解除", "已结清"):
        expect(page.get_by_text(words).first).to_be_visible()
    fits(page, least=44, name="loan-mine", full_page=True)
