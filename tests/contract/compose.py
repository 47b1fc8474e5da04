"""docker-compose.yml as its tests read it."""

import argparse
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
ONE_SHOTS = {"migrate", "roles", "topics", "users"}
BY_HAND = {"admin"}
LONG_RUNNING = sorted(SERVICES.keys() - ONE_SHOTS - BY_HAND)
OURS = sorted(name for name, s in SERVICES.items() if s["image"].startswith("ioc:"))
ROLE = re.compile(r"\buser=(\w+)")
DEFAULTED = re.compile(r"\$\{(\w+)(?::?-([^}]*))?[^}]*\}")


def defaulted(text: object) -> str:
    """A value as compose reads it where .env says nothing."""
    return DEFAULTED.sub(lambda m: m[2] or "", str(text))


def commands(root: argparse.ArgumentParser) -> set[str]:
    """First words that the command line knows."""
    return {name for a in root._actions if isinstance(a, argparse._SubParsersAction) for name in a.choices}


def given(name: str) -> dict[str, str]:
    """Secrets of a service: where it finds each, and which file of the folder it is."""
    named = [{"source": s, "target": s} if isinstance(s, str) else s for s in SERVICES[name].get("secrets", [])]
    return {s["target"]: COMPOSE["secrets"][s["source"]]["file"] for s in named}
