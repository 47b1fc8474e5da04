"""What was last seen of a camera, whatever the order in which it came."""

from itertools import permutations
from typing import Any

import pytest

from ioc.streams.camera import CameraState, apply
from ioc.streams.engine.decode import decoder
from ioc.streams.engine.registry import streams
from tests.integration.streams_wire import NOW, Wire, event, message
from tests.rules import RULES


def seen(*wires: Wire) -> CameraState:
    decode, state = decoder(streams()["camera"]), CameraState()
    for wire in wires:
        state = apply(state, decode(message(wire), NOW), RULES)
    return state


def test_newest_observation_of_each_kind_stands() -> None:
    state = seen(event("camera", "occupancy", 2, waiting=9), event("camera", "occupancy", 1, waiting=3), event("camera", "status", online=False))
    assert (state.waiting, state.online, state.vehicles) == (9, False, None)


@pytest.mark.parametrize("others", [
    [{"fact": "status", "minutes": 5, "online": False, "unit_code": "U2"}, {"fact": "traffic_count", "minutes": 3}],
    [{"fact": "occupancy", "minutes": 5, "id_": "1", "waiting": 1}, {"fact": "occupancy", "minutes": 5, "id_": "2", "waiting": 2}],
    [{"fact": "status", "minutes": 5, "id_": "1", "source": "/x", "online": True}, {"fact": "status", "minutes": 5, "id_": "1", "source": "/y", "online": False}],
])
def test_state_is_the_same_in_any_order(others: list[dict[str, Any]]) -> None:
    wires = [event("camera", "status", 1), *(event("camera", **other) for other in others)]
    first, *rest = [seen(*order) for order in permutations(wires)]
    assert rest == [first] * len(rest)


def test_detection_says_only_where_the_camera_is() -> None:
    state = seen(event("camera", "detection", point_id="P9"))
    assert (state.point_id, state.online, state.waiting, state.vehicles) == ("P9", None, None, None)
