"""The register of administrative units: what a code meant on a day, and who took its ground over.

Codes and names are used again for other ground, so a unit is known by (code, first day), and every question names a day.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ioc.places.names import bare, written_out
from ioc.places.succession import Key, Succession, check_succession, read_succession
from ioc.profiles import Profile
from ioc.profiles.units import Unit, Units

_ROUNDING = 1e-6


@dataclass(frozen=True)
class Register:
    """Units of all times and the successions between them."""

    units: Units
    succession: Sequence[Succession] = ()

    def at(self, code: str, day: date) -> Unit | None:
        """The unit that had the code that day."""
        return self.units.at(code, day)

    def district_of(self, code: str, day: date) -> Unit | None:
        """The district above a unit that day; none since districts were abolished, or where the unit is none of its day."""
        unit = self.at(code, day)
        while unit is not None and unit.level != "district":
            unit = self.at(unit.parent_code, day)
        return unit

    def successors(self, code: str, day: date, on: date) -> dict[Key, float]:
        """Units valid on the later day that hold the ground of this day's unit, with the share of it each holds.

        Empty where there is no such unit; shares make less than 1 where ground went to no unit (abolished districts).
        """
        unit = self.at(code, day)
        return {} if unit is None else self._followed(unit, on, self._heirs)

    def predecessors(self, code: str, day: date, on: date) -> dict[Key, float]:
        """Units valid on the earlier day that gave ground to this day's unit, with the share each gave of its own."""
        unit = self.at(code, day)
        return {} if unit is None else self._followed(unit, on, self._origins)

    def as_today(self, code: str, valid_on: date, today: date) -> str | None:
        """Code of the one unit that holds, on `today`, the ground that `code` meant on `valid_on`; None where it was split or is unknown."""
        key = self._whole(code, valid_on, today)
        return None if key is None else key[0]

    def as_was(self, code: str, today: date, day: date) -> tuple[Unit, ...]:
        """Units of an earlier day whose ground, whole or in part, today's unit holds."""
        return tuple(self._by_key[key] for key in sorted(self.predecessors(code, today, day)))

    def find(self, name: str, day: date, *, level: str | None = None) -> tuple[Unit, ...]:
        """Units called so that day, whatever the spelling: by full name, else without the kind. Several are an answer too."""
        there = [u for u in self.units if u.valid_on(day) and level in {None, u.level}]
        exact = tuple(u for u in there if written_out(u.name) == written_out(name))
        return exact or tuple(u for u in there if bare(u.name) == written_out(name))

    def _whole(self, code: str, valid_on: date, day: date) -> Key | None:
        """The one unit of `day` with all of the ground, later or (where nothing was merged in) earlier."""
        unit = self.at(code, valid_on)
        if unit is None or unit.valid_on(day):
            return None if unit is None else unit.key
        found = self._followed(unit, day, self._heirs if day > valid_on else self._origins)
        return next((key for key, share in found.items() if len(found) == 1 and share > 1 - _ROUNDING), None)

    def _followed(self, unit: Unit, day: date, step: Mapping[Key, Sequence[tuple[Key, float]]]) -> dict[Key, float]:
        found: dict[Key, float] = defaultdict(float)
        for key, share in self._paths(unit, day, step):
            found[key] = min(1.0, found[key] + share)
        return dict(found)

    def _paths(self, unit: Unit, day: date, step: Mapping[Key, Sequence[tuple[Key, float]]]) -> Iterator[tuple[Key, float]]:
        if unit.valid_on(day):
            yield unit.key, 1.0
            return
        for key, share in step.get(unit.key, ()):
            for end, rest in self._paths(self._by_key[key], day, step):
                yield end, share * rest

    @cached_property
    def _by_key(self) -> dict[Key, Unit]:
        return {u.key: u for u in self.units}

    @cached_property
    def _heirs(self) -> dict[Key, list[tuple[Key, float]]]:
        found: dict[Key, list[tuple[Key, float]]] = defaultdict(list)
        for row in self.succession:
            found[row.origin].append((row.heir, row.share))
        return found

    @cached_property
    def _origins(self) -> dict[Key, list[tuple[Key, float]]]:
        found: dict[Key, list[tuple[Key, float]]] = defaultdict(list)
        for row in self.succession:
            found[row.heir].append((row.origin, row.share))
        return found


def load_register(profile: Profile) -> Register:
    """The register of a profile.

    Raises:
        ConfigurationError: units or successions that do not fit together, with the file, line and remedy.

    """
    made = Register(profile.units, read_succession(profile.folder))
    check_succession(made.units, made.succession)
    return made
