"""石子轩 of 重庆 applies for one matter of each department, as a person who reads the pages would."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from .filling import Walk

pytestmark = pytest.mark.browser
DEPARTMENTS = 20


@pytest.fixture
def citizen(browser: Browser, site: str) -> Page:
    """One of the demonstration's people, signed in from its own page."""
    page = browser.new_page(base_url=site, locale="zh-CN", viewport={"width": 1440, "height": 900})
    page.set_default_timeout(10_000)
    page.goto("/demonstration/")
    page.locator("details").evaluate_all("all => all.forEach(d => { d.open = true })")
    page.get_by_role("button", name="石子轩").click()
    page.wait_for_url(re.compile("/$|/my/"))
    return page


def departments(page: Page) -> dict[str, str]:
    page.goto("/matters/")
    options = page.locator("#id_department option").evaluate_all(
        "all => all.map(o => [o.value, o.text])"
    )
    return {code: name for code, name in options if code}


def first_matter(page: Page, department: str) -> str:
    """Its guide's address."""
    page.goto(f"/matters/?department={department}")
    link = page.locator("main li a[href^='/matters/']").first
    return str(link.get_attribute("href"))


def test_twenty_matters_of_twenty_departments(citizen: Page) -> None:
    known = departments(citizen)
    assert len(known) >= DEPARTMENTS
    became: dict[str, str] = {}
    for code, name in known.items():
        walk = Walk(citizen, first_matter(citizen, code))
        became[name] = walk.to_the_end()
        print(f"{name}：{walk.name} → {became[name]}")  # noqa: T201 - shown with -s, and when it fails
    assert len(set(became.values())) == len(known)
    for number in became.values():
        answer = citizen.goto(f"/my/{number}/")
        assert answer is not None
        assert answer.ok
