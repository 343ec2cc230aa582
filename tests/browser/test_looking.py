"""The checks of the browser tests notice what they are there for."""

import pytest
from playwright.sync_api import Page

from tests.browser.looking import axe_clean, no_sideways_scroll, targets_are_large

FRAME = '<html lang="zh-CN"><title>页</title><body><main><h1>页</h1>{}</main></body></html>'


@pytest.mark.parametrize(
    ("check", "fault"),
    [
        (axe_clean, '<p style="color:#bbb;background:#fff">看不清的字</p>'),
        (axe_clean, '<input type="text" id="nameless">'),
        (no_sideways_scroll, '<div style="width:3000px">太宽</div>'),
        (targets_are_large, '<button style="height:20px">小</button>'),
    ],
)
def test_a_fault_is_found(page: Page, check: object, fault: str) -> None:
    page.set_content(FRAME.format(fault))
    with pytest.raises(AssertionError):
        check(page)  # type: ignore[operator]
