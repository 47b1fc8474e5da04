"""The broker as compose starts it: our processes get in as themselves and do their own work; everything else is refused in one sentence."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ioc.clock import FrozenClock
from ioc.db.connect import connect
from ioc.errors import ConfigurationError, UnavailableError
from ioc.settings import Settings
from ioc.streams.engine.attention import DEAD_LETTER_TOPIC
from ioc.streams.engine.kafka import KafkaPublisher, KafkaSource, create_topics
from ioc.streams.engine.post import LetterPost
from ioc.streams.engine.registry import topics
from ioc.streams.engine.security import security_options
from tests.integration.streams_db import make_sink, one
from tests.integration.streams_wire import NOW, event, publish

from .secured_kafka import SecuredKafka, secured_kafka

pytestmark = pytest.mark.real
PUBLISHERS = ["ioc_web", "ioc_simulators", "ioc_relay", "ioc_pull", "ioc_owner"]


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    with secured_kafka(tmp_path_factory.mktemp("secured")) as made:
        create_topics(made.administrator(), [*topics(), DEAD_LETTER_TOPIC, "ioc.audit", "ioc.report.public"], partitions=1, replication=1, retention_days=1)
        yield made


@pytest.fixture
def wrong(tmp_path: Path) -> str:
    """A password that nobody has."""
    (tmp_path / "wrong").write_text("nobody-has-this-one")
    return str(tmp_path / "wrong")


def send(settings: Settings, topic: str) -> None:
    with closing(KafkaPublisher(settings)) as publisher:
        publisher.send(topic, b"k", b"v", [])
        publisher.flush()


def read(settings: Settings) -> None:
    """A few polls of the sink's topics, enough for an answer of the broker."""
    with closing(KafkaSource(settings, topics())) as source:
        for _ in range(20):
            source.poll(timeout_s=0.5, most=10)


def test_published_events_come_through_to_the_database(kafka: SecuredKafka, dsn: str) -> None:
    stop, clock = threading.Event(), FrozenClock(NOW)
    for number, user in enumerate(PUBLISHERS):
        with closing(KafkaPublisher(kafka.settings(user))) as publisher:
            publish(publisher, [event("report", "submitted", subject=f"R{number}-{n}") for n in range(20)])
    with closing(KafkaPublisher(kafka.settings("ioc_web"))) as publisher:
        publisher.send("ioc.report", b"k", b"no event at all", [])
    settings = kafka.settings("ioc_sink")
    sink = make_sink(dsn, KafkaSource(settings, topics()), clock=clock)
    with connect(dsn, application="test", autocommit=True) as conn:
        while one(conn, "select count(*) from report_event") < 100 or not one(conn, "select count(*) from dead_letter"):
            sink.step(stop)
        LetterPost(lambda: connect(dsn, application="test"), lambda: KafkaPublisher(settings), clock).step()
        assert one(conn, "select count(*) from dead_letter where published_at is null") == 0
        assert one(conn, "select count(*) from report_event") == 100


@pytest.mark.parametrize(("user", "topic"), [
    ("ioc_sink", "ioc.report"), ("ioc_web", DEAD_LETTER_TOPIC), ("ioc_simulators", DEAD_LETTER_TOPIC), ("ioc_cameras", "ioc.report"),
    ("ioc_web", "ioc.audit"), ("ioc_pull", "ioc.audit"), ("ioc_alerts", "ioc.alert"),
])
def test_user_writes_nothing_that_is_not_its_own(kafka: SecuredKafka, user: str, topic: str) -> None:
    with pytest.raises(UnavailableError, match=f"the user {user} may not use {topic} so: let the broker's administrator"):
        send(kafka.settings(user), topic)


@pytest.mark.parametrize(("user", "topic"), [("ioc_relay", "ioc.alert"), ("ioc_relay", "ioc.audit"), ("ioc_relay", "ioc.report.public"), ("ioc_cameras", "ioc.camera")])
def test_user_writes_what_is_its_own(kafka: SecuredKafka, user: str, topic: str) -> None:
    send(kafka.settings(user), topic)


@pytest.mark.parametrize("user", PUBLISHERS)
def test_publisher_does_not_read(kafka: SecuredKafka, user: str) -> None:
    with pytest.raises(UnavailableError, match=rf"the user {user} may not (read in the group|use)"):
        read(kafka.settings(user))


def test_sink_reads_in_its_own_group_alone(kafka: SecuredKafka) -> None:
    with pytest.raises(UnavailableError, match=r"may not read in the group another.*or set IOC_GROUP"):
        read(kafka.settings("ioc_sink", group="another"))


def test_only_the_administrator_makes_topics(kafka: SecuredKafka) -> None:
    with pytest.raises(UnavailableError, match="the user ioc_sink may not use the topic so"):
        create_topics(kafka.settings("ioc_sink"), ["ioc.mine"], partitions=1, replication=1, retention_days=1)


def test_rights_are_set_once_and_what_was_added_is_taken_away(kafka: SecuredKafka) -> None:
    assert kafka.set_up() == []
    assert "User:ioc_sink may read another" in kafka.set_up("another")
    assert kafka.set_up() == ["User:ioc_sink may read ioc-sink", "User:ioc_sink may no more read another"]


def test_wrong_password_is_said_at_once(kafka: SecuredKafka, wrong: str) -> None:
    for user, connected in (("ioc_sink", lambda s: KafkaSource(s, topics())), ("ioc_web", KafkaPublisher)):
        with pytest.raises(UnavailableError, match=f"does not know the user {user} by the password in {wrong}: mend the file"):
            connected(kafka.settings(user, kafka_password_file=wrong))


def test_unknown_user_is_refused(kafka: SecuredKafka, wrong: str) -> None:
    with pytest.raises(UnavailableError, match="does not know the user ioc_nobody"):
        KafkaPublisher(kafka.settings("ioc_nobody", kafka_password_file=wrong))


def test_mechanism_that_is_not_offered_is_named(kafka: SecuredKafka) -> None:
    with pytest.raises(UnavailableError, match="does not offer IOC_KAFKA_MECHANISM=PLAIN"):
        KafkaPublisher(kafka.settings("ioc_web", kafka_mechanism="PLAIN"))


def test_broker_of_an_unknown_authority_is_not_trusted(kafka: SecuredKafka) -> None:
    with pytest.raises(UnavailableError, match="authority that is not the one of IOC_KAFKA_CA"):
        KafkaPublisher(kafka.settings("ioc_web", kafka_ca=""))


def test_broker_under_another_name_is_not_trusted(kafka: SecuredKafka) -> None:
    with pytest.raises(UnavailableError, match="certificate is made out for another name"):
        KafkaPublisher(kafka.settings("ioc_web", kafka=f"127.1:{kafka.server.port}"))


def test_administrator_without_a_certificate_is_refused(kafka: SecuredKafka) -> None:
    with pytest.raises(UnavailableError, match="does not take this process's certificate.*set IOC_KAFKA_CERTIFICATE"):
        create_topics(kafka.administrator(kafka_certificate=""), ["x"], partitions=1, replication=1, retention_days=1)


def test_client_without_tls_is_told_what_to_set(kafka: SecuredKafka) -> None:
    with pytest.raises(UnavailableError, match="speaks TLS and IOC_KAFKA_SECURITY=PLAINTEXT does not: set SASL_SSL"):
        KafkaPublisher(Settings(kafka=f"localhost:{kafka.server.port}"))


def test_user_whose_password_changed_comes_back_with_the_new_file(kafka: SecuredKafka, wrong: str) -> None:
    file = kafka.secrets / "ioc_cameras"
    before, _ = file.read_text(), file.write_text("another-password-now")
    try:
        with pytest.raises(UnavailableError, match="does not know the user ioc_cameras"):
            send(kafka.settings("ioc_cameras"), "ioc.camera")
        kafka.set_up()
        send(kafka.settings("ioc_cameras"), "ioc.camera")
    finally:
        file.write_text(before)
        kafka.set_up()


@contextmanager
def tls_server(folder: Path, *, days: tuple[int, int]) -> Iterator[Settings]:
    """A server that only shakes hands, with a certificate that holds on the days from…to around now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)  # noqa: TID251 (certificates are judged by the machine's clock)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
            .not_valid_before(now + timedelta(days=days[0])).not_valid_after(now + timedelta(days=days[1]))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256()))
    pem = folder / "server.pem"
    pem.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
                    + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with socket.create_server(("127.0.0.1", 0)) as listening, context.wrap_socket(listening, server_side=True) as secure:
        threading.Thread(target=_shake_hands, args=(secure,), daemon=True).start()
        yield Settings(kafka=f"localhost:{secure.getsockname()[1]}", kafka_security="SSL", kafka_ca=str(pem))


def _shake_hands(listening: ssl.SSLSocket) -> None:
    while True:
        try:
            listening.accept()[0].close()
        except ssl.SSLError:
            continue
        except OSError:
            return


@pytest.mark.parametrize(("days", "said"), [((-9, -2), "its certificate has expired: give the broker a new one"),
                                            ((2, 9), "its certificate is not valid yet: compare the clocks")])
def test_certificate_out_of_its_days_is_named(tmp_path: Path, days: tuple[int, int], said: str) -> None:
    with tls_server(tmp_path, days=days) as settings, pytest.raises(UnavailableError, match=said):
        KafkaPublisher(settings)


SECURE = Settings(kafka="broker:9092", kafka_security="SASL_SSL", kafka_user="u", kafka_password_file="/dev/null")


@pytest.mark.parametrize(("changes", "said"), [
    ({"kafka_security": "TLS"}, "IOC_KAFKA_SECURITY is 'TLS': it must be PLAINTEXT, SSL, SASL_SSL or SASL_PLAINTEXT"),
    ({"kafka_security": "SASL_PLAINTEXT"}, "to broker in the clear: set SASL_SSL"),
    ({"kafka_security": "PLAINTEXT"}, "IOC_KAFKA_USER is set, which means nothing with IOC_KAFKA_SECURITY=PLAINTEXT"),
    ({"kafka_user": ""}, "needs IOC_KAFKA_USER and IOC_KAFKA_PASSWORD_FILE"),
    ({"kafka_mechanism": "MD5"}, "IOC_KAFKA_MECHANISM is 'MD5'"),
    ({}, "IOC_KAFKA_PASSWORD_FILE: /dev/null must hold the password"),
    ({"kafka_password_file": "/nowhere"}, "IOC_KAFKA_PASSWORD_FILE: /nowhere cannot be read"),
    ({"kafka_ca": "/nowhere.pem"}, "IOC_KAFKA_CA: /nowhere.pem cannot be used .No such file"),
    ({"kafka_ca": "/dev/null"}, "IOC_KAFKA_CA: /dev/null cannot be used"),
    ({"kafka_certificate": "/dev/null"}, "IOC_KAFKA_CERTIFICATE: /dev/null cannot be used"),
    ({"kafka_key": "/k.pem"}, "IOC_KAFKA_KEY is set and IOC_KAFKA_CERTIFICATE is not"),
])
def test_settings_that_cannot_be_meant_are_named(changes: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        security_options(replace(SECURE, **changes))  # type: ignore[arg-type]


def test_password_in_the_clear_stays_on_this_machine(wrong: str) -> None:
    near = replace(SECURE, kafka="127.0.0.1:9092,[::1]:9093,localhost:9094", kafka_security="SASL_PLAINTEXT", kafka_password_file=wrong)
    assert security_options(near)["security_protocol"] == "SASL_PLAINTEXT"
