"""Kafka's users and what each may, exactly: `python kafka_users.py FOLDER`, as the broker's administrator (IOC_KAFKA_…, a certificate).

FOLDER holds one file with the password for each user. One user a process; no user may make topics or see another's group.
"""
# ruff: noqa: INP001

import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from kafka.errors import KafkaError, NoError

from ioc.errors import IocError, UnavailableError
from ioc.settings import Settings, read_settings, secret
from ioc.streams.engine.attention import DEAD_LETTER_TOPIC
from ioc.streams.engine.introduction import refusal
from ioc.streams.engine.registry import topics
from ioc.streams.engine.security import security_options, verdict

AUDIT_TOPIC = "ioc.audit"
PUBLIC_TOPIC = "ioc.report.public"
ITERATIONS = 8192
_READ, _WRITE = ACLOperation.READ, ACLOperation.WRITE

Right = tuple[ResourceType, str, ACLOperation]


def rights(group: str) -> Mapping[str, frozenset[Right]]:
    """User → what it may. To read or write a topic is also to see that it is there."""
    tell = frozenset((ResourceType.TOPIC, topic, _WRITE) for topic in topics())
    hear = frozenset((ResourceType.TOPIC, topic, _READ) for topic in topics())
    return {
        "ioc_sink": hear | {(ResourceType.GROUP, group, _READ), (ResourceType.TOPIC, DEAD_LETTER_TOPIC, _WRITE)},
        "ioc_web": tell,  # the intake
        "ioc_relay": tell | {(ResourceType.TOPIC, topic, _WRITE) for topic in (AUDIT_TOPIC, PUBLIC_TOPIC)},
        "ioc_pull": tell,
        "ioc_simulators": tell,
        "ioc_cameras": frozenset({(ResourceType.TOPIC, "ioc.camera", _WRITE)}),
        "ioc_owner": tell,  # commands: import, replay
        "ioc_alerts": frozenset(),  # it writes to the outbox
    }


def set_up(admin: Any, folder: Path, group: str) -> list[str]:
    """Make users and rights as they should be; answers a sentence per right that changed. Passwords are set anew each time."""
    wanted_of = rights(group)
    told = admin.alter_user_scram_credentials([_proof(user, secret("the user's file", str(folder / user))) for user in wanted_of])
    if refused := {user: why for user, why in told.items() if why}:
        raise UnavailableError(f"Kafka does not take the users {refused}")
    wanted = {_acl(user, *right) for user, given in wanted_of.items() for right in given}
    # Users that are not ours, of a gateway or a one-stop system, keep what somebody gave them.
    ours = {acl for acl in _given(admin) if acl.principal.removeprefix("User:") in wanted_of}
    made = admin.create_acls(_ordered(wanted - ours)) if wanted - ours else {"failed": ()}
    gone = admin.delete_acls(_ordered(ours - wanted)) if ours - wanted else ()
    if wrong := [*made["failed"], *(error for _, _, error in gone if error is not NoError)]:
        raise UnavailableError(f"Kafka does not take the rights ({wrong[0].__name__}): connect as the broker's administrator")
    return [*_told("may", wanted - ours), *_told("may no more", ours - wanted)]


def _given(admin: Any) -> list[ACL]:
    every = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    found, error = admin.describe_acls(ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY, every))
    if error is not NoError:
        raise UnavailableError(f"Kafka does not tell its rights ({error.__name__}): connect as the broker's administrator")
    return list(found)


def _proof(user: str, password: str) -> UserScramCredentialUpsertion:
    return UserScramCredentialUpsertion(user, ScramMechanism.SCRAM_SHA_512, password, iterations=ITERATIONS)


def _acl(user: str, kind: ResourceType, name: str, operation: ACLOperation) -> ACL:
    return ACL(f"User:{user}", "*", operation, ACLPermissionType.ALLOW, ResourcePattern(kind, name))


def _told(verb: str, acls: set[ACL]) -> Iterator[str]:
    yield from (f"{a.principal} {verb} {a.operation.name.lower()} {a.resource_pattern.resource_name}" for a in _ordered(acls))


def _ordered(acls: set[ACL]) -> list[ACL]:
    return sorted(acls, key=repr)


def main(folder: Path) -> int:
    """Set up and say what changed."""
    try:
        for sentence in _as_administrator(read_settings(), folder):
            sys.stdout.write(f"{sentence}\n")
    except IocError as error:
        sys.stderr.write(f"kafka_users: {error}\n")
        return 1
    return 0


def _as_administrator(settings: Settings, folder: Path) -> list[str]:
    try:
        with closing(KafkaAdminClient(bootstrap_servers=settings.kafka.split(","), client_id="ioc-users", **security_options(settings))) as admin:
            return set_up(admin, folder, settings.group)
    except KafkaError as error:
        raise UnavailableError(f"Kafka at {settings.kafka}: {verdict(settings, error) or refusal(settings) or error}") from error


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
