"""A command started beside a running demo works on it: the demo leaves its addresses in its data folder."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ioc.settings import Settings

_FILE = "running.json"


def leave_addresses(settings: Settings, environment: Mapping[str, str]) -> Path:
    """Write where the demo's broker and database are; the file goes when the demo ends."""
    file = settings.data_dir / _FILE
    names = ("IOC_DATABASE", "IOC_KAFKA", "IOC_KAFKA_API_VERSION", "IOC_PORT", "IOC_KEYS")
    file.write_text(json.dumps({"pid": os.getpid(), **{name: environment[name] for name in names}}))
    return file


def running_pid(folder: Path) -> int | None:
    """Process of the demo or scenario that runs in a data folder; None where none does."""
    try:
        pid = int(json.loads((folder / _FILE).read_text())["pid"])
    except (OSError, ValueError, KeyError):
        return None
    return pid if Path(f"/proc/{pid}").exists() else None


def beside_port(settings: Settings) -> int:
    """Port of the demo that runs in this data folder; 0 where none does."""
    try:
        return int(json.loads((settings.data_dir / _FILE).read_text())["IOC_PORT"])
    except (OSError, ValueError, KeyError):
        return 0


def joined(settings: Settings) -> Settings:
    """Settings with a running demo's addresses, where no database was set and a demo runs in this data folder."""
    file = settings.data_dir / _FILE
    if settings.database or running_pid(settings.data_dir) is None:
        return settings
    found = json.loads(file.read_text())
    return replace(settings, database=found["IOC_DATABASE"], kafka=found["IOC_KAFKA"], kafka_api_version=found["IOC_KAFKA_API_VERSION"],
                   keys=settings.keys or found["IOC_KEYS"])
