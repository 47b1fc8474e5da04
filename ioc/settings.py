"""One frozen class, read once from IOC_* variables; an unknown IOC_* is an error."""

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path

from psycopg.conninfo import make_conninfo

from ioc.errors import ConfigurationError


def _setting(variable_doc: str, default: str | int | bool) -> object:  # noqa: FBT001
    return field(default=default, metadata={"doc": variable_doc})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a deployment may set. Each field FIELD is the variable IOC_FIELD; docs/operations.md lists them."""

    database: str = _setting("PostgreSQL/TimescaleDB connection string (libpq)", "")  # type: ignore[assignment]
    database_password_file: str = _setting("file that holds the database role's password", "")  # type: ignore[assignment]
    kafka: str = _setting("Kafka bootstrap servers, host:port[,host:port]", "127.0.0.1:9092")  # type: ignore[assignment]
    kafka_api_version: str = _setting("Kafka protocol version to assume, e.g. 2.0; empty = ask the broker", "")  # type: ignore[assignment]
    kafka_security: str = _setting("PLAINTEXT, SSL, SASL_SSL, or SASL_PLAINTEXT on this machine alone", "PLAINTEXT")  # type: ignore[assignment]
    kafka_user: str = _setting("user of this process at the broker (SASL)", "")  # type: ignore[assignment]
    kafka_password_file: str = _setting("file that holds the user's password", "")  # type: ignore[assignment]
    kafka_mechanism: str = _setting("how the user is proved: SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN", "SCRAM-SHA-512")  # type: ignore[assignment]
    kafka_ca: str = _setting("file of the authority that signed the broker's certificate (PEM); empty = the machine's", "")  # type: ignore[assignment]
    kafka_certificate: str = _setting("file of this process's own certificate (PEM), where the broker asks for one", "")  # type: ignore[assignment]
    kafka_key: str = _setting("file of that certificate's private key (PEM); empty = in the same file", "")  # type: ignore[assignment]
    group: str = _setting("Kafka consumer group of the sink", "ioc-sink")  # type: ignore[assignment]
    batch: int = _setting("most messages in one transaction of the sink", 5000)  # type: ignore[assignment]
    profile: str = _setting("name of a shipped profile, or the path of a profile folder", "soc_trang")  # type: ignore[assignment]
    kind: str = _setting("birth mark of a new database: exercise or real", "real")  # type: ignore[assignment]
    host: str = _setting("address the web process listens on", "127.0.0.1")  # type: ignore[assignment]
    port: int = _setting("port of the web process", 8050)  # type: ignore[assignment]
    origin: str = _setting("address by which browsers know us, e.g. https://ioc.example.vn; https makes cookies for TLS alone", "")  # type: ignore[assignment]
    proxies: str = _setting("addresses of proxies whose word about the caller's address is taken, joined by commas", "")  # type: ignore[assignment]
    idle_minutes: int = _setting("minutes without a key or a click after which a person is signed out", 30)  # type: ignore[assignment]
    keys: str = _setting("file of the keys that seal what must not be read in the database (`ioc keys new FILE`)", "")  # type: ignore[assignment]
    sign_on: str = _setting("TOML file of the province's own sign-on (docs/security.md); empty = accounts of this centre alone", "")  # type: ignore[assignment]
    monitor_key_file: str = _setting("file with the key that /metrics and /readyz ask for; empty = only from this machine", "")  # type: ignore[assignment]
    data: str = _setting("folder of the demo's embedded parts", ".ioc")  # type: ignore[assignment]
    guest_of: int = _setting("port of the demo whose signed-in persons and screens a scenario's centre knows too", 0)  # type: ignore[assignment]
    pull: str = _setting("TOML file that lists the systems to ask (docs/pull.md)", "")  # type: ignore[assignment]
    cameras: str = _setting("TOML file that says how cameras are reached (docs/cameras.md)", "")  # type: ignore[assignment]
    clock: str = _setting("file of a played clock, for exercises only (`ioc scenario run` writes it); empty = the machine's", "")  # type: ignore[assignment]
    smtp: str = _setting("mail server, host[:port]; empty = letters wait", "")  # type: ignore[assignment]
    smtp_user: str = _setting("user at the mail server; empty = none is asked for", "")  # type: ignore[assignment]
    smtp_password_file: str = _setting("file that holds the password at the mail server", "")  # type: ignore[assignment]
    mail_from: str = _setting("address that letters come from", "")  # type: ignore[assignment]
    syslog: str = _setting("log server for the audit ledger's lines: udp://HOST:PORT, tcp://HOST:PORT or unix:///PATH; empty = none", "")  # type: ignore[assignment]
    webhook_hosts: str = _setting("hosts and networks inside the house that webhooks may reach, joined by commas, e.g. 10.1.0.0/16", "")  # type: ignore[assignment]
    log_level: str = _setting("DEBUG, INFO, WARNING or ERROR", "INFO")  # type: ignore[assignment]

    @property
    def data_dir(self) -> Path:
        return Path(self.data).resolve()

    @property
    def secure(self) -> bool:
        """Whether browsers reach us by TLS."""
        return self.origin.startswith("https://")

    def dsn(self) -> str:
        """Connection string; a clear error where none is set."""
        if not self.database:
            raise ConfigurationError(
                "IOC_DATABASE is not set: give a PostgreSQL connection string, e.g. "
                "IOC_DATABASE='host=db user=ioc_owner dbname=ioc', or run `ioc demo`, which brings its own database",
            )
        if not self.database_password_file:
            return self.database
        return make_conninfo(self.database, password=secret("IOC_DATABASE_PASSWORD_FILE", self.database_password_file))


def secret(variable: str, file: str) -> str:
    """What a secret's file holds, without the end of its line.

    Raises:
        ConfigurationError: it cannot be read, is empty, or holds more than one line.

    """
    try:
        found = Path(file).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigurationError(f"{variable}: {file} cannot be read ({reason}): name a file with the password") from None
    if not found or not found.isprintable():
        raise ConfigurationError(f"{variable}: {file} must hold the password on one line, and nothing else")
    return found


def documented() -> list[tuple[str, object, str]]:
    """(variable, default, what it sets) of every setting."""
    return [(f"IOC_{f.name.upper()}", f.default, str(f.metadata["doc"])) for f in fields(Settings)]


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings of this process.

    Raises:
        ConfigurationError: an IOC_* variable that no setting has, or a value of the wrong kind.

    """
    environ = os.environ if environ is None else environ  # noqa: TID251 (the one place)
    known = {f"IOC_{f.name.upper()}": f for f in fields(Settings)}
    values: dict[str, str | int] = {}
    for variable, text in environ.items():
        if not variable.startswith("IOC_") or variable.startswith("IOC_TEST_"):
            continue
        if variable not in known:
            raise ConfigurationError(f"{variable} is no setting; known are {', '.join(sorted(known))}")
        f = known[variable]
        assert f.default is not MISSING
        values[f.name] = _number(variable, text) if isinstance(f.default, int) else text
    if values.get("kind", "real") not in {"real", "exercise"}:
        raise ConfigurationError(f"IOC_KIND is '{values['kind']}': it must be 'real' or 'exercise'")
    return Settings(**values)  # type: ignore[arg-type]


def environment(name: str) -> str | None:
    """Value of a variable that a configuration file names, e.g. a secret's."""
    return os.environ.get(name)  # noqa: TID251 (the one place)


def _number(variable: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ConfigurationError(f"{variable} is '{text}': it must be a whole number") from None
