"""A replay tells what the running centre would have told, and takes the wall over as often."""

from datetime import timedelta

import msgspec
import pytest

from ioc.__main__ import main
from ioc.alerts.replay import Happening, Stretch, replay
from ioc.alerts.rule import Rule
from ioc.db.connect import Connection
from tests.alerts.dangers import GRAVE, changed, hurt
from tests.alerts.examples.security_traffic import NINE, incident, minute
from tests.alerts.world import register, soc_trang, store


@pytest.fixture
def conn(made: tuple[str, Connection]) -> Connection:
    store(made[1], [hurt(), incident("cleared", minute(42)), hurt("SV-2", minute(70))])
    return made[1]


def happened(conn: Connection, rule: Rule = GRAVE, *, step_min: float = 1, then: bool = False) -> list[Happening]:
    stretch = Stretch(since=NINE - timedelta(minutes=10), until=NINE + timedelta(hours=2), step=timedelta(minutes=step_min),
                      known=None if then else NINE + timedelta(days=30))
    return list(replay(conn, rule, register().watch(rule), stretch, soc_trang().calendar))


def test_a_replay_tells_when_a_rule_would_have_spoken(conn: Connection) -> None:
    told = [(h.at, h.told, h.subject) for h in happened(conn, changed(clear_for_s=0)) if not h.takes_over]
    assert told == [(minute(1), "raised", "SV-1"), (minute(43), "resolved", "SV-1"), (minute(71), "raised", "SV-2")]


def test_a_replay_counts_each_takeover_once(conn: Connection) -> None:
    levels = (msgspec.structs.replace(GRAVE.levels[0], takeover=True, takeover_after_s=300),)
    assert [h.at for h in happened(conn, changed(levels=levels)) if h.takes_over] == [minute(6), minute(76)]


def test_a_replay_as_known_then_sees_what_was_recorded_by_then(conn: Connection) -> None:
    store(conn, [incident("cleared", minute(5), "SV-2")])
    assert [h.subject for h in happened(conn, then=True) if h.told == "raised" and not h.takes_over] == ["SV-1", "SV-2"]


def test_a_replay_goes_by_all_that_is_known_today(conn: Connection) -> None:
    conn.execute("update incident_history set known_from = known_from + interval '10 days'")
    assert [h.subject for h in happened(conn) if h.told == "raised" and not h.takes_over] == ["SV-1", "SV-2"]


def test_the_command_prints_how_often(made: tuple[str, Connection], conn: Connection, monkeypatch: pytest.MonkeyPatch,
                                      capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("IOC_DATABASE", made[0])
    span = ["--from", "2026-11-10T08:50", "--to", "2026-11-10T11:00", "--step-min", "1"]
    assert main(["alerts", "test", "ST-03", *span]) == 0
    assert "raised 4 2" in capsys.readouterr().out.replace("raised 4  ", "raised 4 ")


def test_the_command_lists_what_each_rule_finds_now(made: tuple[str, Connection], monkeypatch: pytest.MonkeyPatch,
                                                    capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("IOC_DATABASE", made[0])
    assert main(["alerts", "check"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == sorted(register().rules)
    assert any("not configured" in line for line in lines)


def test_the_command_refuses_a_rule_that_is_none(made: tuple[str, Connection], monkeypatch: pytest.MonkeyPatch,
                                                 capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("IOC_DATABASE", made[0])
    assert main(["alerts", "check", "XX-99"]) == 1
    assert "there is no rule XX-99" in capsys.readouterr().err


def test_the_command_keeps_who_gets_letters(made: tuple[str, Connection], monkeypatch: pytest.MonkeyPatch,
                                            capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("IOC_DATABASE", made[0])
    assert main(["alerts", "tell", "add", "shift_lead", "truc@example.vn", "--severity", "4"]) == 0
    assert main(["alerts", "tell", "add", "shift_lead", "truc@example.vn"]) == 1
    assert main(["alerts", "tell", "list"]) == 0
    assert "truc@example.vn  severity 4+" in capsys.readouterr().out
    assert main(["alerts", "tell", "end", "1"]) == 0
    assert main(["alerts", "tell", "end", "1"]) == 1
