from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

import simulators
from ioc.errors import ContractError
from simulators.engine.contract import Simulator
from simulators.engine.registry import checked, effects_of, registered, understood


def nothing(*_: Any) -> Iterator[Any]:
    return iter(())


def module(**changes: Any) -> Any:
    values: dict[str, Any] = {"name": "tide", "stream": "report", "realism": "Made up: all", "simulate": nothing} | changes
    return cast("Any", SimpleNamespace(SIMULATOR=Simulator(**values)))


def test_registry_finds_every_file_of_the_room() -> None:
    assert list(registered()) == sorted(path.stem for path in Path(simulators.__file__).parent.glob("[a-z]*.py"))


def test_registry_takes_a_module_that_keeps_the_contract() -> None:
    assert checked(module(), "tide").name == "tide"


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"name": "flood"}, "SIMULATOR.name is 'flood'"),
    ({"stream": "tides"}, "there is no stream 'tides'"),
    ({"realism": " "}, "realism is empty"),
])
def test_registry_names_the_file_that_breaks_the_contract(changes: dict[str, str], sentence: str) -> None:
    with pytest.raises(ContractError, match=r"simulators/tide\.py") as caught:
        checked(module(**changes), "tide")
    assert sentence in str(caught.value)


def test_registry_names_a_file_without_simulator() -> None:
    with pytest.raises(ContractError, match=r"simulators/tide\.py defines no SIMULATOR"):
        checked(cast("Any", SimpleNamespace()), "tide")


def test_every_stream_can_be_silenced_and_camera_dossier_and_environment_in_their_own_way() -> None:
    assert {f"{simulator.stream}.silent" for simulator in registered().values()} <= set(understood())
    own = [name for name, simulator in registered().items() if f"{simulator.stream}.silent" in simulator.effects]
    assert own == ["camera", "dossier", "environment"]
    assert all(len(set(names)) == len(names) for names in map(effects_of, registered().values()))
