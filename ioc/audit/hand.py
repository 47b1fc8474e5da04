"""What a person does at the command line, in the ledger: under the machine's account, which no setting of ours can change."""

import getpass
import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ioc.audit.ledger import Entry, append
from ioc.db.connect import Connection


def hand() -> str:
    """Whose hand it is, e.g. command-line:operator; a container's user may have a number alone."""
    try:
        return f"command-line:{getpass.getuser()}"
    except (OSError, KeyError):
        return f"command-line:{os.getuid()}"


def enter(conn: Connection, action: str, subject: str, at: datetime, *, after: Mapping[str, Any] | None = None, reason: str = "") -> None:
    """The line of what was just done, as the last statement of its transaction."""
    append(conn, Entry(actor=hand(), action=action, subject=subject, at=at, after=after, reason=reason))
