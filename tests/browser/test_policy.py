"""The content security policy in a browser: our own pages do not offend it, and what is put into a page does not run."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from ioc.clock import SystemClock
from tests.browser.stack import Stack, now, running, signed_in
from tests.conftest import fresh_database
from tests.integration.cast import cookie
from tests.integration.web_server import eventually

NOTED = """window.offended = [];
document.addEventListener('securitypolicyviolation', (e) => window.offended.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));"""
PAGES = ("/console", "/console/me", "/console/screens", "/console/audit", "/scenarios")


@pytest.fixture(scope="module")
def stack(postgres: str) -> Iterator[Stack]:
    with fresh_database(postgres) as dsn, running(dsn) as made:
        made.story.report("first", now() - timedelta(days=1), now() - timedelta(hours=1), lon_deg=85.1450, lat_deg=-20.1750)
        yield made


def offended(page: Page) -> list[str]:
    """What the policy of a page and of its frames refused."""
    return [text for frame in page.frames for text in frame.evaluate("window.offended || []")]


def test_wall_and_map_do_not_offend_the_policy(quiet: Page, stack: Stack) -> None:
    quiet.add_init_script(NOTED)
    signed_in(quiet, stack.base).goto(stack.base + "/wall")
    expect(quiet.locator("html[data-link=live]")).to_be_attached()
    expect(quiet.locator(".main-svg").first).to_be_visible()
    assert offended(quiet) == []
    quiet.goto(stack.base + "/wall/citizen_reports")
    expect(quiet.frame_locator("#map--citizen_reports").locator(".ioc-cell-label").first).to_be_attached()
    assert offended(quiet) == []


def test_pages_of_the_desk_do_not_offend_the_policy(quiet: Page, stack: Stack) -> None:
    quiet.add_init_script(NOTED)
    roles = ("shift_lead", "presenter", "auditor")
    name, _, value = cookie(stack.conn, "all", roles, SystemClock().now()).partition("=")
    quiet.context.add_cookies([{"name": name, "value": value, "url": stack.base}])
    for path in PAGES:
        answer = quiet.goto(stack.base + path)
        assert answer
        assert (path, answer.status, offended(quiet)) == (path, 200, [])


def test_sign_in_and_pairing_do_not_offend_the_policy(quiet: Page, stack: Stack) -> None:
    quiet.add_init_script(NOTED)
    for path in ("/login", "/screen"):
        quiet.goto(stack.base + path)
        assert (path, offended(quiet)) == (path, [])


@pytest.mark.parametrize("path", ["/wall", "/console"])
@pytest.mark.parametrize("put", [
    "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)",
    "const s = document.createElement('script'); s.src = 'data:text/javascript,window.ran=1'; document.body.append(s)",
    "document.body.insertAdjacentHTML('beforeend', '<b id=x onclick=\"window.ran = 1\">x</b>'); document.querySelector('#x').click()",
    "document.body.insertAdjacentHTML('beforeend', '<a id=x href=\"javascript:window.ran=1\">x</a>'); document.querySelector('#x').click()",
    "document.body.insertAdjacentHTML('beforeend', '<iframe srcdoc=\"<script>parent.ran = 1</script>\"></iframe>')",
    "document.body.insertAdjacentHTML('beforeend', '<base href=\"https://evil.example/\">'); if (document.baseURI.includes('evil')) window.ran = 1",
    "const s = document.createElement('script'); s.textContent = \"setTimeout('window.ran = 1', 0)\"; document.body.append(s)",
])
def test_script_that_was_put_into_a_page_does_not_run(page: Page, stack: Stack, path: str, put: str) -> None:
    page.add_init_script(NOTED)
    signed_in(page, stack.base).goto(stack.base + path)
    page.evaluate(put)
    eventually(lambda: offended(page))  # a srcdoc has its page's policy, and is refused in its own frame
    assert page.evaluate("window.ran") is None
