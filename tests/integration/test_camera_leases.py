"""Which process looks at which camera."""

from ioc.cameras.leases import Leases
from ioc.db.connect import Connection
from tests.integration.camera_world import stand
from tests.integration.web_server import eventually


def test_two_processes_share_the_cameras_and_none_is_held_twice(conn: Connection) -> None:
    names = [f"C{n}" for n in range(7)]
    one, two = Leases("one", names), Leases("two", names)
    one.know(conn)
    assert len(one.turn(conn)) == 7
    for _ in range(3):
        mine, yours = one.turn(conn), two.turn(conn)
        assert not mine & yours
    assert mine | yours == set(names)
    assert sorted(map(len, (mine, yours))) == [3, 4]


def test_cameras_of_a_killed_process_are_taken_once_its_lease_is_over(conn: Connection) -> None:
    one, two = Leases("one", ["A"], lease_s=0.3), Leases("two", ["A"], lease_s=0.3)
    one.know(conn)
    assert one.turn(conn) == {"A"}
    assert two.turn(conn) == frozenset()
    assert eventually(lambda: two.turn(conn) == {"A"}, within_s=3)
    assert one.turn(conn) == frozenset()


def test_cameras_of_one_that_ends_are_free_at_once(conn: Connection) -> None:
    one, two = Leases("one", ["A"]), Leases("two", ["A"])
    one.know(conn)
    one.turn(conn)
    one.leave(conn)
    assert two.turn(conn) == {"A"}


def test_camera_that_the_profile_lost_is_forgotten(conn: Connection) -> None:
    Leases("one", ["A", "B"]).know(conn)
    Leases("one", ["B"]).know(conn)
    assert list(stand(conn)) == ["B"]
