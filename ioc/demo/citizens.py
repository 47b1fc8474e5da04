"""The demo's citizens: a key of their own, made at the first start, and the command that starts them at the demo's own door."""

import os
from collections.abc import Sequence
from pathlib import Path

from ioc.api.keys import add_key, keys
from ioc.clock import SystemClock
from ioc.db.connect import Connection
from ioc.demo.supervisor import python
from ioc.indicators.events import province_of
from ioc.profiles import Profile
from ioc.settings import Settings

KEY, LABELS = "citizens.key", "citizens.jsonl"
"""In the demo's data folder: the key by which they file, and which of their reports have one cause."""
PER_HOUR, AT_ONCE = 20, 30
"""A full queue at the first start, and enough afterwards to see it move."""


def prepare_citizens(conn: Connection, profile: Profile, folder: Path) -> None:
    """Make their key where there is none, or where the database does not know it (any more)."""
    file, now = folder / KEY, SystemClock().now()
    known = file.read_text(encoding="utf-8") if file.exists() else ""
    if any(known.startswith(f"ioc_{key.key_id}_") and key.refusal(now) is None for key in keys(conn)):
        return
    _, text = add_key(conn, f"/vn/{province_of(profile)}/citizens", ["report"], now)
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)


def citizens_command(settings: Settings) -> Sequence[str]:
    """The command line of the simulated citizens."""
    return [*python("simulators.citizens"), "--url", f"http://127.0.0.1:{settings.port}", "--key-file", str(settings.data_dir / KEY),
            "--labels", str(settings.data_dir / LABELS), "--profile", settings.profile, "--rate", str(PER_HOUR), "--at-once", str(AT_ONCE)]
