"""A stream file that breaks its contract stops the program with a sentence that names it."""

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import msgspec
import pytest

from ioc.errors import ContractError
from ioc.streams import dossier
from ioc.streams.engine.contract import Projection, Stream
from ioc.streams.engine.registry import _stream, streams, topics

GOOD = dossier.STREAM
PROJECTION = GOOD.projection
assert PROJECTION is not None


class NeedsAll(msgspec.Struct):
    must: str


def refused(stream: object, name: str = "dossier") -> str:
    module = ModuleType(f"ioc.streams.{name}")
    module.STREAM = stream  # type: ignore[attr-defined]
    with pytest.raises(ContractError) as caught:
        _stream(module, name)
    return str(caught.value)


def projected(**changes: Any) -> Stream:
    assert PROJECTION is not None
    changed: Projection = replace(PROJECTION, **changes)
    return replace(GOOD, projection=changed)


def test_every_file_is_registered_under_its_name_and_topic() -> None:
    assert {"camera", "dossier", "report"} <= set(streams())
    assert "ioc.camera" in topics()


@pytest.mark.parametrize(("stream", "told"), [
    (lambda: None, "defines no STREAM"),
    (lambda: replace(GOOD, name="paper"), "STREAM.name is 'paper'"),
    (lambda: replace(GOOD, facts={**GOOD.facts, "submitted": ("colour",)}), "fact 'submitted' requires ['colour']"),
    (lambda: projected(state=NeedsAll), "state fields ['must'] need a default"),
    (lambda: projected(history=("state", "colour")), "history names ['colour']"),
    (lambda: projected(transitions={**dossier.TRANSITIONS, "burnt": {}}), "differ in ['burnt']"),
    (lambda: projected(transitions={**dossier.TRANSITIONS, "rated": {"nirvana": "="}}), "starts from ['nirvana']"),
])
def test_broken_stream_is_refused_with_its_name(stream: Callable[[], object], told: str) -> None:
    sentence = refused(stream())
    assert sentence.startswith("ioc/streams/dossier.py")
    assert told in sentence
