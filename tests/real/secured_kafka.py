"""The broker of docker-compose.yml, with its own settings, on loopback: TLS, users, rights, and the secrets that deploy/secrets.sh makes."""

import runpy
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import yaml
from kafka import KafkaAdminClient

from ioc.settings import Settings

from .kafka_server import PROPERTIES, KafkaServer

ROOT = Path(__file__).parents[2]


class SecuredKafka:
    """A running broker and what clients need to be let in."""

    def __init__(self, server: KafkaServer, secrets: Path) -> None:
        self.server = server
        self.secrets = secrets

    def settings(self, user: str, **changes: Any) -> Settings:
        """Settings of one of our processes, as compose gives them."""
        given = {"kafka": f"localhost:{self.server.port}", "kafka_security": "SASL_SSL", "kafka_user": user, "kafka_ca": str(self.secrets / "ca.pem"),
                 "kafka_password_file": str(self.secrets / user)}
        return Settings(**{**given, **changes})

    def administrator(self, **changes: Any) -> Settings:
        """Settings of the administrator, known by a certificate."""
        given = {"kafka": f"localhost:{self.server.admin_port}", "kafka_security": "SSL", "kafka_ca": str(self.secrets / "ca.pem"),
                 "kafka_certificate": str(self.secrets / "admin.pem")}
        return Settings(**{**given, **changes})

    def set_up(self, group: str = "ioc-sink") -> list[str]:
        """What the service `users` does; answers what changed."""
        with closing(KafkaAdminClient(**self.server.client)) as admin:
            changed: list[str] = runpy.run_path(str(ROOT / "deploy" / "kafka_users.py"))["set_up"](admin, self.secrets, group)
        return changed


@contextmanager
def secured_kafka(folder: Path) -> Iterator[SecuredKafka]:
    """A broker as compose starts it, with users and rights, without topics."""
    subprocess.run(["sh", str(ROOT / "deploy" / "secrets.sh"), str(folder / "secrets")], check=True)
    secrets = folder / "secrets" / "kafka"
    server = KafkaServer(folder / "data", properties(secrets))
    context = ssl.create_default_context(cafile=str(secrets / "ca.pem"))
    context.load_cert_chain(str(secrets / "admin.pem"))
    server.client = {"bootstrap_servers": f"localhost:{server.admin_port}", "security_protocol": "SSL", "ssl_context": context}
    with server:
        found = SecuredKafka(server, secrets)
        found.set_up()
        yield found


def properties(secrets: Path) -> str:
    """server.properties of compose's environment, as the image makes it, with addresses and folders of this machine."""
    environment = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["kafka"]["environment"]
    given = {_property(name): value for name, value in environment.items() if name != "KAFKA_HEAP_OPTS"}
    given |= {
        "listeners": "CLIENTS://127.0.0.1:{port},ADMIN://127.0.0.1:{admin_port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": "CLIENTS://localhost:{port},ADMIN://localhost:{admin_port}",
        "controller.quorum.voters": "1@localhost:{controller_port}", "log.dirs": "{data_dir}/log",
        "ssl.keystore.location": str(secrets / "broker.pem"), "ssl.truststore.location": str(secrets / "ca.pem"),
    }
    plain = dict(line.split("=", 1) for line in PROPERTIES.splitlines())
    hurry = {name: plain[name] for name in plain if name.startswith(("broker.", "group.")) or name.endswith("num.partitions")}
    return "".join(f"{name}={value}\n" for name, value in (given | hurry).items())


def _property(name: str) -> str:
    return name.removeprefix("KAFKA_").lower().replace("___", "-").replace("__", "\0").replace("_", ".").replace("\0", "_")
