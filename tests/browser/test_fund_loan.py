"""异地贷款 in a real browser, from the certificate to 结清: whatever a person does is done on a page.

林晓梅 deposits in 达州 and buys a second-hand home in 重庆. She has her phone; the people of the two centres
find each case in their own lists, open it and do what its page offers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from matters.housing_fund.models import Loan, Mark
from tests.browser.looking import fits
from tests.browser.walk.filling import photo
from tests.flows.loans import CERTIFICATE, COLLECTION, CONTRACT, LOAN, MARK, account, people
from tests.portal.conftest import signed_in
from tests.world import LIN_ID, World, build_world

pytestmark = pytest.mark.browser
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
UPLOADED = ("购房合同", "首付款凭证", "征信报告", "收入证明")
HOME = {"房价（元）": "1000000", "首付款（元）": "300000", "申请贷款金额（元）": "500000"}
HOUSE = {"所购住房": "二手房", "家庭第几套住房": "首套", "住房性质": "商品住房"}
VALUED = {"评估价（元）": "980000", "评估机构": "示范评估", "评估报告编号": "PG1"}
CREDIT = {"两年内最长连续逾期期数": "0", "两年内累计逾期期数": "0"}
SIGNED = {"借款合同编号": CONTRACT["number"], "年利率（%）": "3.1"}
OVERDUE = {"逾期未还金额（元）": "1300", "逾期期数": "1"}


@pytest.fixture
def centres(transactional_db: None) -> World:
    world = people(build_world())
    account(world, until=timezone.localdate(), name="林晓梅", id_number=LIN_ID)
    world.citizen.id_number, world.citizen.phone = LIN_ID, "13900000001"
    world.citizen.save()
    return world


class Journey:
    """Everybody who has a hand in it, one after the other in the one browser."""

    def __init__(self, page: Page, live: LiveServer, world: World) -> None:
        self.page, self.live, self.world = page, live, world

    def comes(self, who: str, at: str = "/") -> None:
        key = signed_in(self.world.people[who]).cookies["sessionid"].value
        cookie = {"name": "sessionid", "value": key, "url": self.live.url}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]
        self.page.set_viewport_size(PHONE if who == "citizen" else DESK)  # type: ignore[arg-type]
        self.page.goto(self.live.url + at)

    def presses(self, label: str) -> None:
        main, name = self.page.get_by_role("main"), re.compile(f"^{label}")
        main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).first.click()

    def fills(self, given: Mapping[str, str]) -> None:
        for label, value in given.items():
            self.page.get_by_label(label).fill(value)

    def sees(self, *words: str) -> None:
        for each in words:
            expect(self.page.get_by_text(each).first).to_be_visible()

    # ---- at a desk ----

    def opens(self, who: str, matter: str, tab: str = "") -> None:
        """The one case of that matter in their own list."""
        self.comes(who, f"/desk/?view={tab}")
        self.page.locator("[data-rows] tr").filter(has_text=matter).get_by_role("link").click()

    def opens_loan(self, who: str) -> None:
        """What was paid out is in no list of work any more: it is among the centre's loans."""
        self.comes(who, "/desk/")
        self.presses("异地贷款")
        self.presses(CONTRACT["number"])

    def does(self, label: str, given: Mapping[str, str] | None = None) -> None:
        """A step; the form of what comes first stands open already, any other is opened."""
        fields = given or {}
        if fields and not self.page.get_by_label(next(iter(fields))).count():
            self.presses(label)
        self.fills(fields)
        self.presses(label)

    # ---- on her phone ----

    def hands_in(self) -> None:
        """The papers that registers answer for, then the whole."""
        self.presses(r"\d 份未选的，都免交")
        self.presses("继续")
        self.presses("核对并提交")
        self.page.get_by_role("main").get_by_role("checkbox").check()
        self.presses("提交申请")
        self.sees("申请已提交")


def test_a_loan_from_the_certificate_to_the_last_payment_across_both_provinces(
    centres: World, page: Page, live_server: LiveServer
) -> None:
    today = timezone.localdate().isoformat()
    journey = Journey(page, live_server, centres)
    _certificate(journey)
    _application(journey)
    _review(journey)
    _contract_and_money(journey, today)
    _mark(journey)
    _overdue_and_paid(journey, today)
    _settled(journey, today)
    assert Loan.objects.get().state == "settled"
    assert Mark.objects.get().lifted_at is not None


def _certificate(journey: Journey) -> None:
    page = journey.page
    journey.comes("citizen", f"/matters/?q={CERTIFICATE}")
    journey.presses(CERTIFICATE)
    page.locator("a.button-start").first.click()
    journey.presses("开始填写")
    journey.presses("申请人与代办")
    page.get_by_label("为我自己办").check()
    journey.presses("保存并继续")
    journey.presses("在哪里办")
    page.get_by_label("您所在的区县").select_option("500101")
    journey.presses("保存并继续")
    journey.presses("申请内容")
    page.get_by_label("缴存城市").select_option(label="达州市")
    page.get_by_label("贷款城市").select_option(label="重庆市")
    journey.presses("保存并继续")
    journey.presses("提交材料")
    journey.hands_in()
    expect(page.get_by_text("请到这个窗口交材料")).to_be_hidden()  # 达州 decides online
    journey.opens("keeper", CERTIFICATE)
    journey.does("核查缴存和贷款记录")
    journey.sees("未发现不予出具的情形")
    fits(page, name="loan-certificate")
    journey.does("开具证明", {"有效期至": "2028-12-31"})
    journey.sees("已开具")


def _application(journey: Journey) -> None:
    """It goes on from the certificate, and asks nothing that the certificate's case knows."""
    page = journey.page
    journey.comes("citizen", "/my/")
    journey.presses(CERTIFICATE)
    journey.presses("申请异地贷款")
    journey.sees("已完成 2 项")
    journey.presses("申请内容")
    for question, answer in HOUSE.items():
        page.get_by_role("group", name=question).get_by_label(answer).check()
    page.get_by_role("group", name="配偶是否共同借款").get_by_label("否").check()
    # Typed while the answer before brings up other questions: nothing of it is lost.
    journey.fills({**HOME, "贷款期限（月）": "240", "子女人数": "0"})
    journey.presses("保存并继续")
    journey.presses("提交材料")
    for paper in UPLOADED:
        journey.presses(paper)
        file = {"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": photo()}
        page.get_by_label("照片、扫描件或 PDF").set_input_files(file)  # type: ignore[arg-type]
        journey.presses("上传")
        journey.presses("继续")
    journey.hands_in()


def _review(journey: Journey) -> None:
    page = journey.page
    journey.opens("lender", LOAN)
    journey.does("核验缴存使用证明")
    journey.does("受理")
    journey.does("登记评估结果", VALUED)
    journey.does("核算可贷额度", CREDIT)
    journey.sees("以此为准")
    page.get_by_text("依据的规则", exact=True).click()
    fits(page, name="loan-review", full_page=True)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    journey.does("批准贷款", {"批准金额（元）": "900000", "审查意见": "同意"})
    journey.sees("不能多于申请的金额")
    journey.does("批准贷款", {"批准金额（元）": "300000"})
    journey.sees("已批准，待签合同")


def _contract_and_money(journey: Journey, today: str) -> None:
    journey.page.get_by_label("还款方式").select_option(label="等额本息")
    journey.does("登记借款合同", SIGNED)
    for each in ("登记过户", "登记抵押"):
        journey.does(each, {"登记编号": "渝2026不动产001", "登记日期": today})
    journey.does("提交放款审核")
    journey.opens("lender_head", LOAN)
    journey.does("放款", {"放款凭证号": "FK0001"})
    journey.sees("已放款，回执已发缴存地")


def _mark(journey: Journey) -> None:
    page = journey.page
    journey.comes("keeper", "/desk/")
    journey.presses("异地贷款")
    journey.sees("账户却没有异地贷款标记", CONTRACT["number"])
    fits(page, name="loan-unmarked")
    journey.opens("keeper", MARK)
    journey.does("标记账户")
    journey.sees("已标记账户", "异地贷款标记")


def _overdue_and_paid(journey: Journey, today: str) -> None:
    """A term is missed: 达州 reaches her, 重庆 books what she paid."""
    journey.opens_loan("lender")
    journey.does("登记逾期", {"从哪一天起逾期": today, **OVERDUE})
    journey.sees("已请缴存地协助催收")
    journey.opens("keeper", COLLECTION)
    journey.page.get_by_label("联系方式").select_option(label="电话")
    journey.does("登记联系结果", {"联系结果": "本人说明天还"})
    journey.opens("lender", COLLECTION, "waiting")
    journey.does("登记逾期还清", {"还清逾期的日期": today, "还款凭证号": "HK1"})
    journey.sees("逾期已还清")


def _settled(journey: Journey, today: str) -> None:
    journey.opens_loan("lender")
    journey.does("登记结清", {"结清日期": today, "最后一笔还款凭证号": "HK2"})
    journey.opens("keeper", MARK)
    journey.does("解除标记")
    journey.sees("标记已解除")
    journey.comes("citizen", "/my/")
    journey.presses(LOAN)
    journey.sees("放款回执", "结清回执", "标记已解除", "已结清")
    fits(journey.page, least=44, name="loan-mine", full_page=True)
