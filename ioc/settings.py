"""One frozen class, read once from IOC_* variables; an unknown IOC_* is an error."""

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path

from ioc.errors import ConfigurationError


def _setting(variable_doc: str, default: str | int | bool) -> object:  # noqa: FBT001
    return field(default=default, metadata={"doc": variable_doc})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a deployment may set. Each field FIELD is the variable IOC_FIELD; docs/operations.md lists them."""

    database: str = _setting("PostgreSQL/TimescaleDB connection string (libpq)", "")  # type: ignore[assignment]
    kafka: str = _setting("Kafka bootstrap servers, host:port[,host:port]", "127.0.0.1:9092")  # type: ignore[assignment]
    kafka_api_version: str = _setting("Kafka protocol version to assume, e.g. 2.0; empty = ask the broker", "")  # type: ignore[assignment]
    group: str = _setting("Kafka consumer group of the sink", "ioc-sink")  # type: ignore[assignment]
    batch: int = _setting("most messages in one transaction of the sink", 5000)  # type: ignore[assignment]
    profile: str = _setting("name of a shipped profile, or the path of a profile folder", "soc_trang")  # type: ignore[assignment]
    kind: str = _setting("birth mark of a new database: exercise or real", "real")  # type: ignore[assignment]
    host: str = _setting("address the web process listens on", "127.0.0.1")  # type: ignore[assignment]
    port: int = _setting("port of the web process", 8050)  # type: ignore[assignment]
    data: str = _setting("folder of the demo's embedded parts", ".ioc")  # type: ignore[assignment]
    pull: str = _setting("TOML file that lists the systems to ask (docs/pull.md)", "")  # type: ignore[assignment]
    clock: str = _setting("file of a played clock, for exercises only (`ioc scenario run` writes it); empty = the machine's", "")  # type: ignore[assignment]
    log_level: str = _setting("DEBUG, INFO, WARNING or ERROR", "INFO")  # type: ignore[assignment]

    @property
    def data_dir(self) -> Path:
        return Path(self.data).resolve()

    def dsn(self) -> str:
        """Connection string; a clear error where none is set."""
        if not self.database:
            raise ConfigurationError(
                "IOC_DATABASE is not set: give a PostgreSQL connection string, e.g. "
                "IOC_DATABASE='host=db user=ioc_owner dbname=ioc', or run `ioc demo`, which brings its own database",
            )
        return self.database


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
