"""The desk of alerts in a browser: by keys alone, while others act, while the network is away, and without offending the policy."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from ioc.decisions.decide import Office, decide
from ioc.decisions.decision import Decision
from ioc.people.principal import Grant, Principal
from tests.alerts.alert_desk import bring, raising
from tests.browser.stack import CLOCK, Stack, now, running
from tests.browser.test_policy import NOTED, offended
from tests.conftest import fresh_database
from tests.integration.cast import cookie
from tests.integration.streams_db import one, rows
from tests.integration.web_server import eventually
from tests.rules import RULES

OTHER = Principal(kind="person", id="99", name="Trần Thị Hoa", grants=(Grant(role="shift_lead"),))
OFFICE = Office(clock=CLOCK, rules=RULES, source="/test/decisions")


@pytest.fixture
def stack(postgres: str) -> Iterator[Stack]:
    with fresh_database(postgres) as dsn, running(dsn, live=False) as made:
        alert(made, "A-1", minutes=30)
        alert(made, "A-2", minutes=20, unit_code="99004", org_code="X99.9004")
        yield made


def alert(stack: Stack, subject: str, *, minutes: float = 0, severity: int = 3, **data: str) -> None:
    bring(stack.conn.info.dsn, [raising(subject, now() - timedelta(minutes=minutes, seconds=1), severity=severity, **data)], now())


def opened(page: Page, stack: Stack, query: str = "") -> Page:
    """The page for a shift lead, its list shown."""
    name, _, value = cookie(stack.conn, "lead", ["shift_lead"], now()).partition("=")
    page.context.add_cookies([{"name": name, "value": value, "url": stack.base}])
    page.goto(f"{stack.base}/console/alerts{query}")
    expect(page.locator(".a-row[aria-current]")).to_be_focused()
    return page


def states(stack: Stack) -> dict[str, str]:
    return dict(rows(stack.conn, "select subject, state from alert_state"))


def test_alerts_are_acknowledged_by_keys_alone(quiet: Page, stack: Stack) -> None:
    opened(quiet, stack)
    quiet.keyboard.press("j")
    quiet.keyboard.press("a")
    eventually(lambda: states(stack) == {"A-1": "raised", "A-2": "acknowledged"})
    expect(quiet.locator("[data-id=A-2]")).to_have_attribute("data-state", "acknowledged")
    expect(quiet.locator("[data-id=A-2]")).to_be_focused()


def test_several_are_acknowledged_at_once_each_by_a_decision_of_its_own(quiet: Page, stack: Stack) -> None:
    opened(quiet, stack)
    for key in ("x", "j", "x", "a"):
        quiet.keyboard.press(key)
    eventually(lambda: set(states(stack).values()) == {"acknowledged"})
    assert one(stack.conn, "select count(distinct key) from decision_key") == 2


def test_who_was_slower_is_told_so_and_keeps_what_was_typed(page: Page, stack: Stack) -> None:
    opened(page, stack)
    page.keyboard.press("r")
    page.get_by_label("Báo nhầm").check()
    page.locator("#resolved textarea").fill("Đã gọi trạm, cảm biến lệch")
    page.route("**/api/alerts.json*", lambda route: route.abort())  # nothing tells this page before it decides
    decide(stack.conn, Decision(stream="alert", subject="A-1", fact="acknowledged", version=1, key="another-1"), OTHER, OFFICE)
    page.locator("#resolved [type=submit]").click()
    expect(page.locator("#resolved .a-trouble")).to_contain_text("Trần Thị Hoa đã nhận lúc")
    expect(page.locator("#resolved textarea")).to_have_value("Đã gọi trạm, cảm biến lệch")
    page.locator("#resolved [type=submit]").click()
    eventually(lambda: states(stack)["A-1"] == "resolved")
    assert one(stack.conn, "select note from alert_state where subject = 'A-1'") == "Đã gọi trạm, cảm biến lệch"


def test_click_that_arrived_unheard_counts_once(page: Page, stack: Stack) -> None:
    opened(page, stack)
    keys: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/api/decisions/**", lose_the_first_answer)
    page.keyboard.press("a")
    expect(page.locator(".a-toast[data-kind=lost]")).to_contain_text("Chưa gửi được")
    expect(page.locator(".a-toast[data-kind=done]")).to_be_visible()
    expect(page.locator(".a-toast[data-kind=lost]")).to_have_count(0)
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert one(stack.conn, "select count(*) from alert_event where subject = 'A-1'") == 2


def test_lost_connection_is_said_and_so_is_its_return(page: Page, stack: Stack) -> None:
    opened(page, stack)
    stack.conn.execute("insert into alert_rule (rule_id, evaluated_at) values ('OS-01', now() + interval '1 hour')")
    page.route("**/api/alerts.json*", lambda route: route.abort())
    expect(page.locator("#link")).to_contain_text("Mất kết nối từ", timeout=20_000)
    page.unroute("**/api/alerts.json*")
    expect(page.locator("#link")).to_be_hidden()


def test_engine_that_stands_still_is_said(quiet: Page, stack: Stack) -> None:
    stack.conn.execute("insert into alert_rule (rule_id, evaluated_at) values ('OS-01', now() - interval '10 minutes')")
    opened(quiet, stack)
    expect(quiet.locator("#link")).to_contain_text("Bộ phận đánh giá quy tắc dừng từ")


def test_new_alert_comes_by_itself_and_takes_nothing_away(quiet: Page, stack: Stack) -> None:
    opened(quiet, stack)
    quiet.evaluate("window.rung = []; addEventListener('ioc:sound', (e) => window.rung.push(e.detail))")
    quiet.keyboard.press("s")
    quiet.locator("#suppressed textarea").fill("Bảo trì")
    alert(stack, "A-3", severity=4)
    expect(quiet.locator(".a-row").first).to_have_attribute("data-id", "A-3")
    expect(quiet.locator("#suppressed textarea")).to_have_value("Bảo trì")
    expect(quiet.locator("#suppressed textarea")).to_be_focused()
    expect(quiet.locator("#said")).to_contain_text("Cảnh báo mới, Nghiêm trọng")
    assert quiet.evaluate("window.rung") == [4]
    assert quiet.title().startswith("(3)")


def test_filters_find_without_marks_and_stay_in_the_address(quiet: Page, stack: Stack) -> None:
    opened(quiet, stack)
    quiet.keyboard.press("/")
    quiet.keyboard.type("phuong sao khue")  # no key of these is a shortcut while one types
    expect(quiet.locator(".a-row")).to_have_count(1)
    assert set(states(stack).values()) == {"raised"}
    quiet.reload()
    expect(quiet.locator(".a-row")).to_have_count(1)
    expect(quiet.locator(".a-row")).to_have_attribute("data-id", "A-2")


def test_task_is_given_from_an_alert(quiet: Page, stack: Stack) -> None:
    opened(quiet, stack)
    quiet.keyboard.press("t")
    quiet.locator("#task select").select_option("X99.05")
    quiet.locator("#task textarea").fill("Vá mặt đường")
    quiet.locator("#task [type=submit]").click()
    eventually(lambda: rows(stack.conn, "select owner_org, source_document, title, due_at > now() from task_state")
               == [("X99.05", "alert:A-1", "Vá mặt đường", True)])


def test_desk_of_alerts_does_not_offend_the_policy(quiet: Page, stack: Stack) -> None:
    quiet.add_init_script(NOTED)
    opened(quiet, stack)
    quiet.keyboard.press("Enter")
    expect(quiet.locator(".a-events li")).to_have_count(1)
    for key in ("s", "Escape", "?", "Escape"):
        quiet.keyboard.press(key)
    assert offended(quiet) == []
    for path in ("/console/alerts/rules", "/console/tasks/new?figure=one_stop.overdue"):
        quiet.goto(stack.base + path)
        assert (path, offended(quiet)) == (path, [])
