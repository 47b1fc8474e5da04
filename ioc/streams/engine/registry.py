"""The room is the registry: every module of `ioc.streams` is a stream, checked when it is loaded; a name with `_` before it is a part of one."""

import importlib
import pkgutil
from functools import cache
from types import ModuleType

import msgspec

import ioc.streams
from ioc.errors import ContractError
from ioc.streams.engine.contract import ANY, SAME, Projection, Stream
from ioc.streams.engine.placing import fields_missing


@cache
def streams() -> dict[str, Stream]:
    """Streams by name, sorted.

    Raises:
        ContractError: a file that breaks its contract; the sentence names it.

    """
    names = sorted(m.name for m in pkgutil.iter_modules(ioc.streams.__path__) if m.name != "engine" and not m.name.startswith("_"))
    found = [_stream(importlib.import_module(f"ioc.streams.{name}"), name) for name in names]
    for s in found:
        if s.topic.removeprefix("ioc.") not in names:
            raise ContractError(f"ioc/streams/{s.name}.py: STREAM.topic is '{s.topic}'; it must be 'ioc.{s.name}' or the topic of another stream")
    return {s.name: s for s in found}


def topics() -> list[str]:
    """Kafka topics of all streams, sorted."""
    return sorted({s.topic for s in streams().values()})


def _stream(module: ModuleType, name: str) -> Stream:
    stream = getattr(module, "STREAM", None)
    if not isinstance(stream, Stream):
        raise ContractError(f"ioc/streams/{name}.py defines no STREAM of type Stream")
    if stream.name != name:
        raise ContractError(f"ioc/streams/{name}.py: STREAM.name is '{stream.name}', it must be the file's name")
    if stream.table != f"{name}_event":
        raise ContractError(f"ioc/streams/{name}.py: STREAM.table is '{stream.table}', it must be '{name}_event'")
    fields = set(stream.schema.__struct_fields__)
    for fact, required in stream.facts.items():
        if missing := set(required) - fields:
            raise ContractError(f"ioc/streams/{name}.py: fact '{fact}' requires {sorted(missing)}, which the schema lacks")
    if stream.placed and (lacking := fields_missing(stream)):
        raise ContractError(f"ioc/streams/{name}.py: a placed stream needs the fields {lacking} in its schema")
    if stream.projection:
        _check_projection(name, stream, stream.projection)
    return stream


def _check_projection(name: str, stream: Stream, projection: Projection) -> None:
    infos = msgspec.structs.fields(projection.state)
    if required := [f.name for f in infos if f.required]:
        raise ContractError(f"ioc/streams/{name}.py: state fields {required} need a default")
    if missing := set(projection.history) - {f.name for f in infos} - {"state"}:
        raise ContractError(f"ioc/streams/{name}.py: history names {sorted(missing)}, which the state lacks")
    if projection.mode == "fold":
        if unknown := set(stream.facts) - projection.observations ^ set(projection.transitions):
            raise ContractError(f"ioc/streams/{name}.py: transitions and facts differ in {sorted(unknown)}")
        states = {"", ANY, SAME} | projection.open_states | _targets(projection)
        for fact, moves in projection.transitions.items():
            if odd := set(moves) - states:
                raise ContractError(f"ioc/streams/{name}.py: transition '{fact}' starts from {sorted(odd)}, which no fact leads to")


def _targets(projection: Projection) -> set[str]:
    return {to for moves in projection.transitions.values() for to in moves.values()}
