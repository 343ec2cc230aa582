"""One Chromium for all browser tests: it shows the site in Chinese and forgives no page error."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
)

HERE = Path(__file__).parent
# Chromium cannot sandbox itself where tests run as root, and there is no display or graphics card.
ARGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=zh-CN"),
    *("--in-process-gpu", "--renderer-process-limit=1"),  # half the processes: two cores serve all
]
# The shell is the same browser without a window, and takes half the time.
NAMES = ("chromium-headless-shell", "chromium")
WIDE = {"width": 1440, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser: $CHROMIUM, else the machine's own. Without one: skipped, loudly."""
    named = os.environ.get("CHROMIUM", "")
    names = (named,) if named else NAMES
    if found := next(filter(None, map(shutil.which, names)), None):
        return found
    reason = f"NO BROWSER TEST RAN: no Chromium at {' or '.join(names)} (set CHROMIUM=/path)"
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def database_beside_playwright() -> Iterator[None]:
    """Lets tests use the database while Playwright is up.

    Playwright's synchronous API keeps an event loop in this thread, which Django takes for
    asynchronous code and refuses. No coroutine of ours runs in it.
    """
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture(scope="session")
def playwright(
    chromium: str, database_beside_playwright: None, playwright: Playwright
) -> Playwright:
    return playwright


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium: str) -> dict[str, Any]:
    return {"executable_path": chromium, "args": ARGS}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": WIDE}


@pytest.fixture
def context(context: BrowserContext) -> Iterator[BrowserContext]:
    """A fresh visitor. Fails at the end if any page of theirs broke the CSP or a script threw."""
    faults: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    context.on("console", heard)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    yield context
    assert not faults, faults


@pytest.fixture
def phone(context: BrowserContext) -> Page:
    """A page on a phone of 360 px."""
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    return page
