"""Debian's Chromium, as root or not, without a GPU; and a page that fails its test on any error or outside request."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu-compositing", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
VIEWPORT = {"width": 1920, "height": 1080}

# How long a page that must change may take: two browsers draw 4K walls in software on two cores. No test waits so long for what is there.
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def base_url() -> None:
    """None: each test has a stack of its own. (The plug-in's own fixture is of a form that pytest 9 warns of.)"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start options of the browser."""
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing: apt-get install chromium", pytrace=False)
    return {**browser_type_launch_args, "executable_path": str(CHROMIUM), "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A Vietnamese screen of 1080 lines, as far from local time as can be: the page must not care."""
    return {**browser_context_args, "locale": "vi-VN", "timezone_id": "America/Los_Angeles", "viewport": VIEWPORT}


@pytest.fixture
def heard(page: Page) -> list[str]:
    """What the page complains of: console errors, page errors, requests to another host."""
    bad: list[str] = []
    page.on("console", lambda m: bad.append(f"console: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda e: bad.append(f"page: {e}"))
    page.on("request", lambda r: None if r.url.startswith(("http://127.0.0.1", "data:", "blob:")) else bad.append(f"outside: {r.url}"))
    return bad


@pytest.fixture
def quiet(page: Page, heard: list[str]) -> Iterator[Page]:
    """A page that must not complain."""
    yield page
    assert heard == []
