from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from ioc.cameras.contract import Finding, Picture
from ioc.cameras.look import closed
from ioc.cameras.look.detections import AfterHours, Episode
from ioc.profiles import load_profile
from tests.profiles import BINH_MINH
from tests.unit.cameras.drawn import CLOCK, START, camera, figure, frame, hall, noisy, with_clock


def _phases(found: Sequence[Finding]) -> list[tuple[str, float]]:
    return [(finding.data["phase"], (finding.at - START).total_seconds()) for finding in found]


def _lived(seen: Sequence[bool], step_s: float = 6) -> list[Finding]:
    episode = Episode("C1", "crowd", "m", begins_s=30, ends_s=20)
    return [f for n, is_seen in enumerate(seen) for f in episode.step(START + timedelta(seconds=step_s * n), 0.8 if is_seen else None)]


def test_episode_begins_lasts_and_ends_under_one_name() -> None:
    found = _lived([True] * 30 + [False] * 5)
    assert _phases(found) == [("new", 30), ("update", 90), ("update", 150), ("end", 198)]
    assert {f.data["detection_id"] for f in found} == {"C1:crowd:20261123T020000Z"}
    assert [f.keep for f in found] == [True, False, False, False]


def test_episode_is_not_told_of_what_was_short() -> None:
    assert _lived([True] * 4 + [False] * 10) == []


def test_episode_bridges_a_missed_look() -> None:
    assert _phases(_lived([True, True, False, True, True, True, True])) == [("new", 30)]


def test_episode_that_comes_again_is_another_one() -> None:
    names = {f.data["detection_id"] for f in _lived([True] * 8 + [False] * 6 + [True] * 8)}
    assert len(names) == 2


def test_episode_ends_where_the_camera_was_away() -> None:
    episode = Episode("C1", "crowd", "m", begins_s=0, ends_s=20)
    episode.step(START, 0.8)
    assert [f.data["phase"] for f in episode.step(START + timedelta(hours=1), 0.8)] == ["end", "new"]


def _night(pictures: Sequence[Picture], *, is_closed: bool = True) -> list[Finding]:
    watcher = AfterHours(camera(clock=CLOCK), lambda _: is_closed)
    return [f for n, picture in enumerate(pictures) for f in watcher.look(frame(with_clock(noisy(picture), START + timedelta(seconds=n)), n))]


def _walking(count: int) -> list[Picture]:
    found = []
    for n in range(count):
        picture = hall()
        figure(picture, 60 + 40 * n)
        found.append(picture)
    return found


def test_after_hours_tells_of_somebody_and_of_the_end() -> None:
    found = _night([hall()] * 5 + _walking(12) + [hall()] * 80)
    assert [f.data["phase"] for f in found] == ["new", "end"]
    assert found[0].data["kind"] == "after_hours"
    assert found[0].keep


def test_after_hours_is_silent_about_an_empty_hall_whose_clock_moves() -> None:
    assert _night([hall()] * 30) == []


def test_after_hours_is_silent_about_a_light_that_is_switched() -> None:
    assert _night([hall()] * 8 + [np.asarray(hall() // 3, np.uint8)] * 8 + [hall()] * 8) == []


def test_after_hours_is_silent_in_opening_hours() -> None:
    assert _night([hall()] * 5 + _walking(12), is_closed=False) == []


def test_counter_is_closed_at_night_and_not_at_noon() -> None:
    profile = load_profile(str(BINH_MINH))
    assert closed(profile, datetime.fromisoformat("2026-11-23T23:00:00+07:00"))
    assert not closed(profile, datetime.fromisoformat("2026-11-23T12:00:00+07:00"))
    assert not closed(profile, datetime.fromisoformat("2026-11-23T06:00:00+07:00"))
