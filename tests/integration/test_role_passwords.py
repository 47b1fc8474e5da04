"""`ioc roles --passwords`: each role's password from a file of its own, and none of them said."""

import argparse
import threading
from pathlib import Path

import pytest

from ioc.db import command
from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.settings import Settings
from tests.integration.streams_db import one


def options(folder: Path | None) -> argparse.Namespace:
    return argparse.Namespace(passwords=folder)


def test_command_sets_passwords_that_the_statement_does_not_tell(module_conn: Connection, module_dsn: str, tmp_path: Path,
                                                                 capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ioc_sink").write_text("kept-to-ourselves-1\n")
    assert command.run(Settings(database=module_dsn), options(tmp_path), threading.Event()) == 0
    proof = one(module_conn, "select rolpassword from pg_authid where rolname = 'ioc_sink'")
    assert proof.startswith("SCRAM-SHA-256$4096:")
    told = capsys.readouterr()
    assert "ioc_sink: ioc sink; its password is set\n" in told.out
    assert "    table public.camera_event: insert, select\n" in told.out
    assert "kept-to" not in told.out + told.err


@pytest.mark.parametrize(("name", "text", "said"), [
    ("ioc_sink", "short", "at least 12 printable characters"), ("ioc_sink", "two lines\nof a password", "at least 12 printable"),
    ("ioc_unknown", "long enough it is", "no file that bears a role's name"),
])
def test_command_refuses_a_password_that_is_none(module_dsn: str, tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=said):
        command.run(Settings(database=module_dsn), options(tmp_path), threading.Event())
