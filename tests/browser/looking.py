"""What a browser test looks for on any page."""

import os
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"

OUTSIDE = """() => {
  const width = document.documentElement.clientWidth;
  return document.documentElement.scrollWidth > width
    ? [...document.body.querySelectorAll('*')]
        .filter(e => e.getBoundingClientRect().right > width + 1 && !e.closest('.scroll'))
        .slice(0, 5).map(e => e.outerHTML.slice(0, 120))
    : [];
}"""

SMALL_TARGETS = """least => [...document.querySelectorAll(
    'button, .button, .nav a, .choice label, input:not([type=hidden]), select, summary')]
  .filter(e => e.offsetParent && !e.closest('.choice') || e.matches('.choice label'))
  .filter(e => e.getBoundingClientRect().height < least - 0.5)
  .map(e => Math.round(e.getBoundingClientRect().height) + ' px: ' + e.outerHTML.slice(0, 120))"""

# The style sheets are not fetched once more: only a rule that axe leaves out by itself reads them.
VIOLATIONS = """colours => axe.run({
  resultTypes: ['violations'], preload: false, rules: {'color-contrast': {enabled: colours}},
}).then(found => found.violations)"""
WIDTHS = (1440, 360)


def fits(page: Page, *, least: int = 0, name: str = "", full_page: bool = False) -> None:
    """On a desk's screen and then on a phone: nothing over the edge; and nothing for axe to find.

    Axe looks where the page is at home: a citizen's page, whose targets are large, on the phone, any
    other on the desk; its rules look at the document, which is one at both widths. The phone comes
    last, and what the test does next it does there. `least`: as in `targets_are_large`, on the phone.
    `name`: saves a picture of each width.
    """
    for width, is_home in zip(WIDTHS, (not least, bool(least)), strict=True):
        page.set_viewport_size({"width": width, "height": 900})
        if is_home:
            axe_clean(page)
        no_sideways_scroll(page)
        if name:
            shot(page, f"{name}-{width}", full_page=full_page)
    if least:
        targets_are_large(page, least)


def axe_clean(page: Page, *, colours: bool = True) -> None:
    """No violation of any of axe's rules. colours: also whether they stand out enough."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(VIOLATIONS, colours)
    lines = [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]
    assert not lines, "\n".join(lines)


def no_sideways_scroll(page: Page) -> None:
    """The page fits its window; what is wider scrolls inside a region of its own."""
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def targets_are_large(page: Page, least: int = 44) -> None:
    """Whatever is pressed is at least ``least`` px high: for citizens' pages."""
    assert page.evaluate(SMALL_TARGETS, least) == []


def shot(page: Page, name: str, *, full_page: bool = False) -> None:
    """Saves ``docs/pictures/<name>.png`` where SAVE_PICTURES=1; otherwise does nothing."""
    if os.environ.get("SAVE_PICTURES") == "1":
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=full_page)
