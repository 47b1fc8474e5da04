"""Copies of lines at a real log server: over UDP, TCP and a Unix socket, and what happens where there is none."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import pytest

from ioc.audit.ledger import append
from ioc.audit.syslog import Notice, Sender, message, sent, unsent
from ioc.db.connect import Connection
from ioc.errors import UnavailableError
from tests.integration.audit_lines import entry, written

PHONE = "0912 345 678"


@pytest.fixture
def notices(conn: Connection) -> list[Notice]:
    """Ten lines with all that can stand in one, signs that need care among it."""
    for n in range(1, 10):
        append(conn, entry(n, subject=f'report:"Sóc\nTrăng]\\{n}', reason="told in private", personal={"phone": PHONE}))
    return unsent(conn, "any", 100)


@contextmanager
def listening(*, piece: int = 65536, most: int | None = None, held: threading.Event | None = None) -> Iterator[tuple[int, "Future[bytes]"]]:
    """A TCP log server that reads in pieces, to the end or to so many bytes, and then closes, once it is not held: its port, and what it read."""
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
        server.settimeout(10)

        def read() -> bytes:
            got = b""
            peer, _ = server.accept()
            with peer:
                while (most is None or len(got) < most) and (more := peer.recv(piece)):
                    got += more
                assert held is None or held.wait(10)
            return got

        yield server.getsockname()[1], pool.submit(read)


def frames(stream: bytes) -> list[bytes]:
    """The messages of an octet-counted stream."""
    found = []
    while stream:
        length, _, rest = stream.partition(b" ")
        assert len(rest) >= int(length)
        found.append(rest[:int(length)])
        stream = rest[int(length):]
    return found


def expected(notices: list[Notice]) -> list[bytes]:
    return [message(one, socket.gethostname()) for one in notices]


@pytest.mark.parametrize("piece", [1, 7, 65536])
def test_tcp_server_reads_whole_messages_in_whatever_pieces(notices: list[Notice], piece: int) -> None:
    with listening(piece=piece) as (port, got):
        Sender(f"tcp://127.0.0.1:{port}").send(notices)
        assert frames(got.result(10)) == expected(notices)


def test_tcp_sender_waits_until_the_server_says_that_it_has_read_all(notices: list[Notice]) -> None:
    held = threading.Event()
    with listening(held=held) as (port, got), ThreadPoolExecutor(1) as pool:
        sending = pool.submit(Sender(f"tcp://localhost:{port}").send, notices)
        assert not wait([sending], timeout=0.2).done
        held.set()
        sending.result(10)
        assert frames(got.result(10)) == expected(notices)


def test_tcp_server_that_breaks_off_is_told_of(notices: list[Notice]) -> None:
    with listening(piece=10, most=10) as (port, _), pytest.raises(UnavailableError, match=f"tcp://127.0.0.1:{port} does not take"):
        Sender(f"tcp://127.0.0.1:{port}").send(notices)


def test_tcp_server_that_does_not_answer_is_waited_for_no_longer_than_told(notices: list[Notice]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        sender = Sender(f"tcp://127.0.0.1:{silent.getsockname()[1]}", timeout_s=0.1)
        with pytest.raises(UnavailableError, match="timed out"):
            sender.send(notices)


def test_udp_server_gets_a_datagram_a_line(notices: list[Notice]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        Sender(f"udp://127.0.0.1:{server.getsockname()[1]}").send(notices)
        assert [server.recv(65536) for _ in notices] == expected(notices)


def test_unix_socket_gets_a_datagram_a_line(notices: list[Notice], tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(tmp_path / "log"))
        server.settimeout(5)
        sender = threading.Thread(target=Sender(f"unix://{tmp_path}/log").send, args=(notices,))
        sender.start()
        assert [server.recv(65536) for _ in notices] == expected(notices)
        sender.join(5)


@pytest.mark.parametrize("scheme", ["tcp", "udp"])
def test_server_that_is_away_is_told_of(notices: list[Notice], scheme: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM if scheme == "tcp" else socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(UnavailableError, match="Connection refused"):
        Sender(f"{scheme}://127.0.0.1:{port}").send(notices[:1])


def test_unix_socket_that_is_not_there_is_told_of(notices: list[Notice], tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="No such file"):
        Sender(f"unix://{tmp_path}/log").send(notices)


def test_name_that_no_server_has_is_told_of(notices: list[Notice]) -> None:
    for scheme in ("udp", "tcp"):
        with pytest.raises(UnavailableError, match=r"log\.invalid:514 does not take"):
            Sender(f"{scheme}://log.invalid:514").send(notices)


def test_nothing_to_send_asks_nobody() -> None:
    Sender("tcp://127.0.0.1:1").send([])


def test_message_has_nothing_of_the_content(notices: list[Notice]) -> None:
    whole = b"".join(expected(notices)).decode()
    assert not [word for word in (PHONE, "phone", "private", "verified\",", "state") if word in whole]
    assert "report.verified" in whole


def test_unsent_lines_come_oldest_first_from_where_a_receiver_is(conn: Connection) -> None:
    written(conn, 9)
    assert [one.line for one in unsent(conn, "a", 4)] == [0, 1, 2, 3]
    sent(conn, "a", 3)
    assert [one.line for one in unsent(conn, "a", 100)] == [4, 5, 6, 7, 8, 9]
    assert [one.line for one in unsent(conn, "b", 2)] == [0, 1]


def test_position_of_a_receiver_only_moves_forward(conn: Connection) -> None:
    written(conn, 9)
    sent(conn, "a", 8)
    sent(conn, "a", 2)
    assert [one.line for one in unsent(conn, "a", 100)] == [9]
