from typing import Any

import cv2
import pytest

from ioc.cameras.contract import Picture
from ioc.cameras.look import analyst
from ioc.cameras.look.flow import Flow
from ioc.cameras.look.geometry import inside
from ioc.cameras.look.occupancy import MOTION, Occupancy
from ioc.cameras.look.people import METHOD
from ioc.cameras.look.turns import Turns
from ioc.profiles import load_profile
from simulators.pictures.figures import Look, person
from tests.profiles import BINH_MINH
from tests.unit.cameras.drawn import camera, frame, hall, noisy

ZONE, STAFF = "0.0 0.66, 1.0 0.66, 1.0 1.0, 0.0 1.0", "0.0 0.2, 1.0 0.2, 1.0 0.58, 0.0 0.58"
DRESSED = Look((120, 155, 200), (60, 30, 20), (30, 30, 30))


@pytest.fixture(autouse=True)
def plenty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Minutes pass here in no time: as if the machine had many cores."""
    monkeypatch.setattr("ioc.cameras.look.occupancy.TURNS", Turns(1000))


def _hall(waiting: int, staff: int = 0, sway: float = 0) -> Picture:
    picture = hall()
    for n in range(staff):
        person(picture, (200 + 140 * n, 246), 122, DRESSED)
    for n in range(waiting):
        person(picture, (90 + 110 * n + sway, 440), 160, DRESSED, 0.5)
    return noisy(picture)


def _occupancy(**more: Any) -> Occupancy:
    return Occupancy(camera(job="occupancy", zone=ZONE, staff=STAFF, **more), every_s=40)


def _minute(pictures: list[Picture], watcher: Occupancy | None = None) -> list[dict[str, Any]]:
    """Data of all findings; one look each ten seconds."""
    watcher = watcher or _occupancy()
    return [dict(f.data) for n, picture in enumerate(pictures) for f in watcher.look(frame(picture, 10 * n))]


@pytest.mark.parametrize(("waiting", "staff"), [(0, 0), (3, 2), (4, 1)])
def test_occupancy_counts_each_in_their_zone(waiting: int, staff: int) -> None:
    (data,) = _minute([_hall(waiting, staff)] * 5)
    assert (data["waiting"], data["staff_present"], data["method"]) == (waiting, staff, METHOD)
    assert 0.4 <= data["confidence_ratio"] <= 0.9


def test_occupancy_tells_the_median_of_its_looks() -> None:
    (data,) = _minute([_hall(2, 1), _hall(2, 1), _hall(5, 1), _hall(2, 1), _hall(0, 1)])
    assert data["waiting"] == 2


def test_occupancy_looks_at_one_picture_in_ten_seconds() -> None:
    watcher = _occupancy()
    watcher.look(frame(_hall(1), 0))
    start = cv2.getTickCount()
    for n in range(50):
        assert watcher.look(frame(hall(), 1 + n / 10)) == ()
    assert (cv2.getTickCount() - start) / cv2.getTickFrequency() < 0.05


def test_occupancy_calls_a_desk_where_something_moves_staffed_with_little_confidence() -> None:
    def sitting(n: int) -> Picture:
        picture = hall()
        cv2.circle(picture, (250 + 25 * (n % 2), 150), 22, (60, 90, 160), cv2.FILLED)  # a head above the desk
        return noisy(picture)

    (data,) = _minute([sitting(n) for n in range(5)])
    assert (data["staff_present"], data["method"]) == (1, MOTION)
    assert data["confidence_ratio"] <= 0.4


def test_occupancy_tells_nothing_where_no_zone_of_officials_is_described() -> None:
    assert _minute([_hall(2)] * 6, Occupancy(camera(job="occupancy", zone=ZONE), every_s=40)) == []


def test_occupancy_tells_its_minute_also_where_its_turn_comes_seldom() -> None:
    """As of hundreds of cameras on one machine: each look comes later than a minute after the one before."""
    class Seldom(Turns):
        asked = 0

        def begins(self, camera: str) -> bool:
            del camera
            self.asked += 1
            return self.asked % 50 == 0

    watcher = Occupancy(camera(job="occupancy", zone=ZONE, staff=STAFF), every_s=40, turns=Seldom(1.0))
    picture = _hall(2, 1)
    assert [f.data["waiting"] for n in range(210) for f in watcher.look(frame(picture, n))] == [2, 2]


def test_occupancy_begins_its_minute_anew_after_the_camera_was_away() -> None:
    watcher = _occupancy()
    watcher.look(frame(_hall(4, 1), 0))
    found = [f for n in range(5) for f in watcher.look(frame(_hall(1, 1), 300 + 10 * n))]
    assert [f.data["waiting"] for f in found] == [1]


def test_occupancy_tells_of_a_standing_crowd_once_and_of_its_end() -> None:
    watcher = Occupancy(camera(job="occupancy", zone=ZONE, staff=STAFF), every_s=3600, crowd=4)
    found = _minute([_hall(5, sway=n % 3) for n in range(9)] + [_hall(1)] * 11, watcher)
    assert [(data["kind"], data["phase"]) for data in found] == [("crowd", "new"), ("crowd", "end")]


def test_point_lies_inside_corners() -> None:
    zone = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))
    assert inside((0.2, 0.2), zone)
    assert not inside((0.8, 0.8), zone)


def test_analyst_is_chosen_by_the_job() -> None:
    profile = load_profile(str(BINH_MINH))
    assert isinstance(analyst(camera(kind="security", job="people_flow", line="0.5 1, 0.5 0"), profile), Flow)
    assert isinstance(analyst(camera(kind="security", job="occupancy", zone=ZONE), profile), Occupancy)
    assert analyst(camera(kind="traffic"), profile).look(frame(hall(), 0)) == []
    assert analyst(camera(kind="counter"), profile).look(frame(hall(), 0)) in ((), [])
