"""Named SQL: a `.sql` file holds statements, each under `-- name: NAME` and a comment that says what a row means."""

import re
from importlib.abc import Traversable

from ioc.errors import ContractError

_NAME = re.compile(r"^-- name:\s*(\S+)\s*$", re.MULTILINE)


def named(file: Traversable) -> dict[str, str]:
    """Statements of a file by name, comments included.

    Raises:
        ContractError: text before the first name, a name used twice, a name without a statement.

    """
    parts = _NAME.split(file.read_text(encoding="utf-8"))
    if _code(parts[0]):
        raise ContractError(f"{file.name}: SQL stands before the first `-- name:`")
    found: dict[str, str] = {}
    for name, body in zip(parts[1::2], parts[2::2], strict=True):
        if name in found:
            raise ContractError(f"{file.name}: the name {name} stands twice")
        if not _code(body):
            raise ContractError(f"{file.name}: {name} has no statement")
        found[name] = body.strip()
    return found


def _code(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("--"))
