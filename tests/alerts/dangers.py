"""Grave incidents and what people do about their alerts, for the tests of the engine, the wall and the replay."""

from datetime import datetime
from typing import Any

import msgspec

from ioc.alerts.rule import Rule
from tests.alerts.examples.security_traffic import NINE, incident
from tests.alerts.world import SOURCE, Told, register

GRAVE = register().rules["ST-03"]
TAKING = register().rules["ST-04"]


def changed(**values: Any) -> Rule:
    return msgspec.structs.replace(GRAVE, **values)


def hurt(subject: str = "SV-1", at: datetime = NINE, severity: int = 4) -> Told:
    return incident("reported", at, subject, kind="traffic_accident", severity=severity, injured=5)


def acted(fact: str, alert: str, at: datetime, **data: Any) -> Told:
    return Told(stream="alert", fact=fact, subject=alert, at=at, data={"actor_role": "operator", **data}, source=f"{SOURCE}/decisions")
