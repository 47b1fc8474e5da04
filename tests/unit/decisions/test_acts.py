"""The table of decisions against the streams: no fact is forgotten, no field is another stream's."""

import msgspec
import pytest

from ioc.decisions.acts import DESKS
from ioc.decisions.decision import Decision, act_of
from ioc.errors import InputError
from ioc.people.roles import ROLES
from ioc.streams.engine.registry import streams


@pytest.mark.parametrize("name", ["report", "task", "incident", *DESKS])
def test_each_fact_is_decided_here_or_comes_from_outside_only(name: str) -> None:
    desk = DESKS[name]
    assert set(desk.acts) | desk.outside == set(streams()[name].facts)
    assert not desk.outside & set(desk.acts)


@pytest.mark.parametrize(("name", "fact"), [(name, fact) for name, desk in DESKS.items() for fact in desk.acts])
def test_what_a_fact_needs_can_be_told_or_is_carried(name: str, fact: str) -> None:
    desk, stream, act = DESKS[name], streams()[name], DESKS[name].acts[fact]
    told = {*act.fields, *desk.carried, *([desk.role_field] if desk.role_field else [])}
    fields = set(stream.schema.__struct_fields__)
    needed = {f.name for f in msgspec.structs.fields(stream.schema) if f.required} | set(stream.facts[fact])
    assert told | {desk.reason_field or "org_code", desk.role_field or "org_code", act.names or "org_code", *act.weightier} <= fields
    assert needed <= told
    assert {*act.weightier, *([act.names] if act.names else [])} <= set(act.fields)


@pytest.mark.parametrize("name", DESKS)
def test_each_decision_is_somebodys(name: str) -> None:
    given = {permission for permissions in ROLES.values() for permission in permissions}
    assert {p for act in DESKS[name].acts.values() for p in (act.permission, *act.weightier.values())} <= given


@pytest.mark.parametrize("fact", ["rejected", "merged", "referred", "returned", "paused", "extended", "reopened"])
@pytest.mark.parametrize("reason", ["", " \t\n"])
def test_decision_against_somebody_needs_a_reason(fact: str, reason: str) -> None:
    with pytest.raises(InputError, match="needs a reason"):
        act_of(Decision(stream="report", subject="PA-1", fact=fact, version=1, key="k" * 8, reason=reason))


@pytest.mark.parametrize(("name", "value"), [
    ("key", "short"), ("key", "k" * 201), ("key", "with\nline"), ("key", " padded12"), ("subject", ""), ("subject", "a\0b"), ("subject", "s" * 201),
    ("reason", "r" * 2001), ("reason", "\0"), ("reason", "\ud800"), ("version", -1), ("version", 2**63), ("stream", "camera"),
])
def test_text_that_cannot_be_kept_is_refused(name: str, value: object) -> None:
    given = {"stream": "report", "subject": "PA-1", "fact": "verified", "version": 1, "key": "k" * 8} | {name: value}
    with pytest.raises(InputError):
        act_of(Decision(**given))  # type: ignore[arg-type]
