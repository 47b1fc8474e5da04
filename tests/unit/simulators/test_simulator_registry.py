from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ioc.errors import ContractError
from simulators.engine.contract import Simulator
from simulators.engine.registry import checked, registered


def nothing(*_: Any) -> Iterator[Any]:
    return iter(())


def module(**changes: Any) -> Any:
    values: dict[str, Any] = {"name": "tide", "stream": "report", "realism": "Made up: all", "simulate": nothing} | changes
    return cast("Any", SimpleNamespace(SIMULATOR=Simulator(**values)))


def test_registry_finds_every_file_of_the_room() -> None:
    assert list(registered()) == ["camera", "dossier", "report"]


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
