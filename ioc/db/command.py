"""`ioc roles`: make the database's roles, set their passwords, say what each may."""

import argparse
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from ioc.db.connect import Connection, connect
from ioc.db.roles import Right, Role, Roles, apply_roles, granted, load_roles
from ioc.errors import ConfigurationError, InputError
from ioc.settings import Settings

LEAST = 12


def run(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Make the roles as roles.toml says, and print what each may from now on."""
    del stop
    roles = load_roles()
    passwords = read_passwords(options.passwords, roles) if options.passwords else {}
    with connect(settings.dsn(), application="ioc-roles", autocommit=True) as conn:
        for sentence in apply_roles(conn, roles):
            sys.stderr.write(f"{sentence}\n")
        for role, password in passwords.items():
            set_password(conn, role, password)
        sys.stdout.write("\n".join(_told(roles, granted(conn, roles), set(passwords))) + "\n")
    return 0


def read_passwords(folder: Path, roles: Roles) -> dict[str, str]:
    """Role → password, of each file in a folder that bears a role's name; other files are none of ours.

    Raises:
        InputError: not one such file, one that cannot be read, or a password that is too short or holds a control character.

    """
    found: dict[str, str] = {}
    for role in (r.name for r in roles.roles.values() if r.login):
        file = folder / role
        try:
            found[role] = file.read_text("utf-8").strip()
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"--passwords: {file} cannot be read ({error})") from None
        if len(found[role]) < LEAST or not found[role].isprintable():
            raise InputError(f"--passwords: {file} must hold one line of at least {LEAST} printable characters, e.g. of `openssl rand -hex 24`")
    if not found:
        raise InputError(f"--passwords: {folder} has no file that bears a role's name, e.g. {folder / 'ioc_sink'}")
    return found


def set_password(conn: Connection, role: str, password: str) -> None:
    """Give a role a password. Only what proves it (SCRAM-SHA-256) leaves this process: statements may be logged.

    Raises:
        ConfigurationError: the connected role may not.

    """
    proof = conn.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    try:
        conn.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(proof)))
    except psycopg.Error as error:
        raise ConfigurationError(f"the password of {role} cannot be set ({str(error).splitlines()[0]}): connect as a superuser, or as the role that "
                                 "made it") from None


def _told(roles: Roles, rights: set[Right], with_password: set[str]) -> Iterator[str]:
    for role in roles.roles.values():
        yield f"{role.name}: {role.does}{_signs_in(role, with_password)}"
        together: dict[str, list[str]] = {}
        for right in sorted(r for r in rights if r.role == role.name):
            what = f"{right.what}({right.column})" if right.column else right.what
            together.setdefault(f"{right.kind} {right.called}", []).append(what)
        yield from (f"    {called}: {', '.join(whats)}" for called, whats in together.items())


def _signs_in(role: Role, with_password: set[str]) -> str:
    if not role.login:
        return "; nobody connects as it"
    return "; its password is set" if role.name in with_password else ""
