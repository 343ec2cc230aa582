"""Somebody who has never seen a matter's form, and fills in what its pages ask for."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from PIL import Image
from playwright.sync_api import Locator, Page

from tests.world import ANSWERS

NOT_SO = re.compile("另一条路|还不能|不用办|不需要")
ENDED = re.compile("已提交|已办结")
ONWARDS = re.compile("^(保存并继续|继续|提交申请|下一步|看结果|上传)$")
OPEN = re.compile("未开始|进行中|可以提交|待选择")
BEGIN = re.compile("^(开始填写|另填一份)$")
MOST_PAGES = 40
LABEL = "e => (e.labels[0]?.innerText ?? e.name).replace(/必填|选填/g, '').trim()"

# What a label asks for, in the order of looking; invented, and right for the checks behind the page.
ASKED = (
    (re.compile(r"(到|止|有效|届满|预约|拟)[\s\S]*年$"), "2027"),
    (re.compile("年$"), "2026"),
    (re.compile("月$|日$"), "5"),
    (re.compile("信用代码"), ANSWERS["uscc"]),
    (re.compile("身份证|证件号|身份号码"), ANSWERS["id_number"]),
    (re.compile("手机|电话"), ANSWERS["phone"]),
    (re.compile("银行卡|卡号|账号"), ANSWERS["bank_card"]),
    (re.compile("邮箱"), ANSWERS["email"]),
    (re.compile("日期|何时|时间|截止|有效期"), ANSWERS["date"]),
    (re.compile("金额|元"), ANSWERS["money"]),
    (re.compile("人数|数量|份数|年限|月数|期限"), ANSWERS["number"]),
    (re.compile("姓名|联系人"), ANSWERS["name"]),
)


class Unanswered(AssertionError):
    """A page came back with what it still wants, in its own words."""


class Walk:
    """One application in a browser, from the guide of a matter to its receipt.

    heading: the last page's. Raises Unanswered where a page refuses what was filled in.
    """

    def __init__(self, page: Page, guide: str) -> None:
        self.page = page
        self.tried: dict[str, int] = {}
        page.goto(guide)
        self.name = page.get_by_role("heading", level=1).inner_text().splitlines()[-1]
        page.locator("a.button-start").first.click()  # its words differ: 申请办理, 提交查询, 预约…

    def to_the_end(self) -> str:
        """The number of the case that it became."""
        for _ in range(MOST_PAGES):
            if ENDED.search(self.heading):
                return self.number
            self._one_page()
        raise AssertionError(
            f"{self.name}: not handed in after {MOST_PAGES} pages ({self.page.url})"
        )

    @property
    def heading(self) -> str:
        return self.page.get_by_role("heading", level=1).inner_text()

    @property
    def number(self) -> str:
        return self.page.url.split("/my/")[1].split("/")[0]

    def _one_page(self) -> None:
        if NOT_SO.search(self.heading):
            self._answer_otherwise()
            return
        begin = self.page.get_by_role("button", name=BEGIN).or_(
            self.page.get_by_role("link", name="另填一份，先答几个问题")
        )
        if begin.count():
            begin.click()
        elif self.page.locator("main a.button-start").count():
            self.page.locator("main a.button-start").first.click()
        elif self._lists_tasks():
            self._next_task().click()
        else:
            self._fill()
            self._go_on()

    def _answer_otherwise(self) -> None:
        """The questions before the form led elsewhere: back to the last one that has another answer."""
        while True:
            self.page.go_back()
            asked = self.page.url
            self.tried[asked] = self.tried.get(asked, 0) + 1
            answers = self.page.locator("main input[type=radio]")
            if self.tried[asked] < answers.count():
                answers.nth(self.tried[asked]).check()
                self._go_on()
                return

    def _lists_tasks(self) -> bool:
        return self.page.locator("main ul.tasks").count() > 0

    def _next_task(self) -> Locator:
        """What is open in a list of tasks or papers; a list with nothing open leads on."""
        rows = self.page.locator("main li.task").filter(has_text=OPEN)
        # Papers that nobody has to hand in stay as they are.
        wanted = rows.filter(has_not_text="有则提交").filter(has=self.page.locator("a"))
        return wanted.locator("a").first if wanted.count() else self._onwards()

    def _onwards(self) -> Locator:
        main = self.page.get_by_role("main")
        return (
            main.get_by_role("button", name=ONWARDS)
            .or_(main.get_by_role("link", name=ONWARDS))
            .first
        )

    def _fill(self) -> None:
        for control in self._controls():
            self._answer(control)

    def _controls(self) -> Iterator[Locator]:
        """Each visible control once; answering one may show the next."""
        form = self.page.locator("main form").filter(
            has=self.page.get_by_role("button", name=ONWARDS)
        )
        for index in range(form.first.locator("input, select, textarea").count()):
            control = form.first.locator("input, select, textarea").nth(index)
            if control.get_attribute("type") == "file" or control.is_visible():
                yield control

    def _answer(self, control: Locator) -> None:
        kind = control.get_attribute("type") or control.evaluate("e => e.tagName.toLowerCase()")
        if kind in ("radio", "checkbox"):
            name = control.get_attribute("name")
            if not self.page.locator(f"main input[name='{name}']:checked").count():
                control.check()
        elif kind == "select":
            options = control.locator("option").evaluate_all("all => all.map(o => o.value)")
            if not control.input_value() and any(options):
                control.select_option(next(filter(None, options)))
        elif kind == "file":
            control.set_input_files(
                {"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": photo()}
            )
        elif kind not in ("hidden", "submit", "search") and not control.input_value():
            label = control.evaluate(LABEL)
            if label in ("年", "月", "日"):
                legend = control.evaluate(
                    "e => e.closest('fieldset').querySelector('legend').innerText"
                )
                label = f"{legend}{label}"
            control.fill(answer_to(label))

    def _go_on(self) -> None:
        before = self.page.url
        self._onwards().click()
        refused = self.page.locator(".error-summary li").all_inner_texts()
        if refused and self.page.url == before:
            raise Unanswered(f"{self.name} {before}: {refused}")


def answer_to(label: str) -> str:
    return next((answer for asked, answer in ASKED if asked.search(label)), "示范")


def photo() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(drawn, "JPEG")
    return drawn.getvalue()
