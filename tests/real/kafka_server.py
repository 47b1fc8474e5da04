"""A real Apache Kafka broker, alone in its cluster, on loopback only."""

import random
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kafka import KafkaAdminClient, TopicPartition
from kafka.errors import KafkaError

from .cache import HERE, KAFKA
from .child import Child
from .errors import StartError
from .programs import java

START_S = 60.0
STOP_S = 20.0
PROBE_MS = 2_000
JAVA_OPTIONS = ["-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
CLUSTER_ID = "aW9jLXJlYWwta2Fma2Etbw"
# Below the range from which the system gives ports to clients: a port kept for a restart is not taken meanwhile.
PORTS = range(20_000, 32_000)

# After a kill the broker may not register again until its old session has run out, hence the short one.
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
log.dirs={data_dir}/log
broker.heartbeat.interval.ms=300
broker.session.timeout.ms=2000
auto.create.topics.enable=false
num.partitions=1
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
"""


class KafkaServer:
    """One broker on a data folder; started again, it has the same port and the same records."""

    def __init__(self, data_dir: Path, properties: str = PROPERTIES) -> None:
        self.data_dir = data_dir
        self.log = data_dir / "server.log"
        self.port, self._controller_port, self.admin_port = _free_ports(3)
        self._text = properties
        self._child: Child | None = None
        # What an administrator's client is told beyond the address, and other than it.
        self.client: dict[str, Any] = {}

    @property
    def bootstrap(self) -> str:
        """The address that clients are given."""
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The number of the running broker's process."""
        return self._running().pid

    def start(self) -> None:
        """Start the broker and wait until a client is served; format the data folder the first time.

        Raises NotPreparedError, MissingProgramError, StartError.
        """
        if self._child is not None:
            raise StartError("Kafka is running already")
        command = _java_command()
        if not self._properties.exists():
            self._format(command)
        child = Child("Kafka", [*command, "kafka.Kafka", str(self._properties)], self.log)
        try:
            child.wait_for(self._is_serving, timeout_s=START_S)
        except BaseException:
            child.kill()
            raise
        self._child = child

    def stop(self) -> None:
        """End the broker in good order; nothing happens when it does not run."""
        if self._child is not None:
            self._child.end(timeout_s=STOP_S)
            self._child = None

    def kill(self) -> None:
        """End the broker without warning (SIGKILL); nothing happens when it does not run."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def restart(self) -> None:
        """Stop the broker and start it on the same data and port."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze the broker: its connections stay open and nothing answers (SIGSTOP)."""
        self._running().send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen broker go on (SIGCONT)."""
        self._running().send(signal.SIGCONT)

    def create_topic(self, name: str, partitions: int = 1, **config: str | int) -> None:
        """Create a topic and wait until every partition has a leader.

        The options are Kafka's own with `_` for `.`: retention_ms=1000.
        """
        options = {key.replace("_", "."): str(value) for key, value in config.items()}
        topic = {"num_partitions": partitions, "replication_factor": 1, "configs": options}
        with self._admin() as admin:
            admin.create_topics({name: topic}, wait_for_metadata=True)

    def delete_records(self, topic: str, partition: int, before_offset: int) -> None:
        """Delete a partition's records below an offset, as retention would."""
        with self._admin() as admin:
            admin.delete_records({TopicPartition(topic, partition): before_offset})

    def __enter__(self) -> Self:
        """Start the broker."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill the broker: whoever leaves no longer needs its data."""
        self.kill()

    @property
    def _properties(self) -> Path:
        return self.data_dir / "server.properties"

    def _running(self) -> Child:
        if self._child is None:
            raise StartError("Kafka is not running")
        return self._child

    def _format(self, command: list[str]) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._properties.write_text(
            self._text.format(port=self.port, controller_port=self._controller_port, admin_port=self.admin_port, data_dir=self.data_dir)
        )
        tool = [*command, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(self._properties)]
        answer = subprocess.run(tool, capture_output=True, text=True, check=False)
        if answer.returncode != 0:
            self._properties.unlink()
            raise StartError(f"Kafka's data folder could not be formatted:\n{answer.stdout}{answer.stderr}")

    def _is_serving(self) -> bool | None:
        if not _listens(self.port):
            return None
        try:
            with self._admin(bootstrap_timeout_ms=PROBE_MS, request_timeout_ms=PROBE_MS) as admin:
                return bool(admin.describe_cluster()["brokers"]) or None
        except KafkaError:
            return None

    @contextmanager
    def _admin(self, **options: int) -> Iterator[KafkaAdminClient]:
        admin = KafkaAdminClient(**{"bootstrap_servers": self.bootstrap, **self.client, **options})
        try:
            yield admin
        finally:
            admin.close()


def _java_command() -> list[str]:
    jars = KAFKA.require() / "*"
    settings = HERE / "kafka_log4j2.properties"
    return [str(java()), *JAVA_OPTIONS, f"-Dlog4j2.configurationFile={settings}", "-cp", str(jars)]


def _free_ports(count: int) -> list[int]:
    ports = (port for port in random.SystemRandom().sample(PORTS, len(PORTS)) if _is_free(port))
    return [next(ports) for _ in range(count)]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
