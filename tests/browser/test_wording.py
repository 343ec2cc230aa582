"""The words of notices and how one is told, in a real browser: at a desk, on a phone, with a mistake."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import fits
from tests.browser.test_operator import house, zone

__all__ = ["house", "zone"]


@pytest.mark.browser
def test_an_operator_edits_a_text_and_chooses_how_to_be_told(page: Page, house: str) -> None:
    page.goto(f"{house}/operator/texts/")
    fits(page)
    page.get_by_role("link", name="申请已受理").first.click()
    page.get_by_label("内容").fill("受理了：{{ number }}\n{{ nobody }}\n")
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_role("alert")).to_contain_text("没有名为 nobody 的变量")
    fits(page)
    page.get_by_label("内容").fill("受理了：{{ number }}\n您好！\n")
    page.get_by_label("修改原因").fill("写短一些")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("运维员：写短一些")).to_be_visible()
    fits(page)
    page.goto(f"{house}/operator/texts/sms/accepted/")
    fits(page)
    page.goto(f"{house}/inbox/settings/")
    fits(page, least=44)
    page.goto(f"{house}/desk/digest/")
    fits(page)
