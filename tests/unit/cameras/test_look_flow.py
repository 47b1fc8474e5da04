from collections.abc import Callable, Sequence
from typing import Any

import pytest

from ioc.cameras.contract import Finding
from ioc.cameras.look.flow import METHOD, Flow, Line
from tests.unit.cameras.drawn import HEIGHT, camera, figure, frame, hall, noisy

LINE = "0.5 1.0, 0.5 0.3"
FPS = 10
Places = Callable[[float], Sequence[tuple[float, float]]]
"""Where feet stand, (x, y), by seconds since the beginning."""


def _counted(places: Places, seconds: float = 12, *, fps: float = FPS, job: str = "people_flow") -> dict[str, dict[str, Any]]:
    """Data of the findings of one minute by direction; the first second shows the empty hall."""
    flow = Flow(camera(job=job, line=LINE), every_s=seconds)
    found: list[Finding] = []
    for n in range(round(seconds * fps) + 2):
        picture = hall()
        for x, y in places(n / fps - 1) if n >= fps else ():
            figure(picture, x, y)
        found += flow.look(frame(noisy(picture), n / fps))
    assert {finding.fact for finding in found} == {"people_count" if job == "people_flow" else "traffic_count"}
    return {finding.data["direction"]: dict(finding.data) for finding in found}


def _people(found: dict[str, dict[str, Any]]) -> tuple[int, int]:
    return found["in"]["people"], found["out"]["people"]


def test_line_knows_its_sides() -> None:
    upwards = Line(((0.5, 1.0), (0.5, 0.0)), (100, 100))
    assert upwards.beside((60, 50)) == 10
    assert upwards.beside((30, 50)) == -20
    assert upwards.along((80, 25)) == 0.75


def test_flow_counts_who_walks_to_the_right_as_in() -> None:
    found = _counted(lambda s: [(60 * s - 20, 420)])
    assert _people(found) == (1, 0)
    assert (found["in"]["interval_s"], found["in"]["method"]) == (12, METHOD)
    assert 0.8 <= found["in"]["confidence_ratio"] <= 0.9


def test_flow_counts_who_walks_to_the_left_as_out() -> None:
    assert _people(_counted(lambda s: [(660 - 60 * s, 420)])) == (0, 1)


def test_flow_counts_two_who_meet_on_the_line_each_in_their_direction() -> None:
    found = _counted(lambda s: [(60 * s - 20, 420), (660 - 60 * s, 410)])
    assert _people(found) == (1, 1)
    assert found["in"]["confidence_ratio"] < 0.6  # they were one blob: told with less confidence


def test_flow_does_not_count_who_stops_on_the_line_and_turns_back() -> None:
    def there_and_back(s: float) -> list[tuple[float, float]]:
        return [(min(60 * s - 20, 322), 420)] if s < 8 else [(322 - 60 * (s - 8), 420)]

    assert _people(_counted(there_and_back, 16)) == (0, 0)


def test_flow_does_not_count_who_passes_beyond_the_end_of_the_line() -> None:
    assert _people(_counted(lambda s: [(60 * s - 20, 0.28 * HEIGHT)])) == (0, 0)


def test_flow_counts_once_who_wavers_across_the_line() -> None:
    assert _people(_counted(lambda s: [(60 * s - 20 + 3 * (-1) ** round(s * FPS), 420)])) == (1, 0)


def test_flow_counts_several_one_after_another() -> None:
    assert _people(_counted(lambda s: [(80 * s - 20 - 120 * n, 420) for n in range(4)], 16)) == (4, 0)


def test_flow_tells_of_an_empty_minute_too() -> None:
    found = _counted(lambda _: ())
    assert _people(found) == (0, 0)
    assert found["out"]["confidence_ratio"] == 0.9


def test_flow_counts_vehicles_by_their_own_name() -> None:
    assert _counted(lambda s: [(60 * s - 20, 420)], job="vehicle_flow")["in"]["vehicles"] == 1


def test_flow_trusts_slow_pictures_less() -> None:
    assert _counted(lambda _: (), 12, fps=1)["in"]["confidence_ratio"] == pytest.approx(0.45, abs=0.02)


def test_flow_tells_only_the_time_that_was_watched() -> None:
    flow = Flow(camera(job="people_flow", line=LINE), every_s=30)
    found = [finding for s in [*range(10), *range(25, 35)] for finding in flow.look(frame(noisy(hall()), s))]
    assert {finding.data["interval_s"] for finding in found} == {14}
