"""The services of the province and of the jurisdictions that it takes reports for, as Open311 lists them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ioc.errors import InputError, NotFoundError
from ioc.moment import read_moment
from ioc.profiles import Category, Profile
from ioc.profiles.jurisdictions import Attribute, Offered, load_offered
from ioc.words import words

MAX_ANSWER = 500
"""Characters of one answer to a service's question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One service. `code`: as apps name it; `category`: as its reports are kept; `jurisdiction`: '' = the province."""

    jurisdiction: str
    code: str
    category: str
    name: str
    description: str
    group: str
    keywords: str
    attributes: Sequence[Attribute]


class Services:
    """All services that reports can be filed for."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    def jurisdiction(self, given: str) -> str:
        """The jurisdiction that a caller names; '' = the province, which the caller may name by its key or not at all.

        Raises:
            NotFoundError: there is none of this name.

        """
        if given in {"", self._profile.file.key}:
            return ""
        if given not in self._offered.jurisdictions:
            known = ", ".join((self._profile.file.key, *self._offered.jurisdictions))
            raise NotFoundError(f"jurisdiction_id '{given[:60]}' was not found: this server knows {known}; leave it out for the province")
        return given

    def shown(self, jurisdiction: str) -> str:
        """What callers call a jurisdiction."""
        return jurisdiction or self._profile.file.key

    def listed(self, jurisdiction: str, language: str = "vi") -> list[Kind]:
        """A jurisdiction's services, in the order of the profile's file."""
        if jurisdiction:
            return [Kind(jurisdiction=jurisdiction, code=s.code, category=s.name, name=s.name, description=s.name, group=s.group, keywords=s.keywords,
                         attributes=self._asked(jurisdiction, s.code)) for s in self._offered.jurisdictions[jurisdiction]]
        return [self._of(category, language) for category in self._profile.categories]

    def service(self, jurisdiction: str, code: str, language: str = "vi") -> Kind:
        """One service by its code.

        Raises:
            NotFoundError: the jurisdiction has none of this code.

        """
        found = next((kind for kind in self.listed(jurisdiction, language) if kind.code == code), None)
        if found is None:
            raise NotFoundError(f"service_code '{code[:60]}' was not found in '{self.shown(jurisdiction)}': GET services lists those there are")
        return found

    def of_category(self, jurisdiction: str, category: str, language: str = "vi") -> tuple[str, str]:
        """Code and name of the service under which a report is kept; one that came with a name of its own alone keeps it."""
        if jurisdiction:
            services = self._offered.jurisdictions.get(jurisdiction, ())
            return next((s.code for s in services if category in {s.name, s.code}), category), category
        return category, self._profile.category_name(category, language)

    @cached_property
    def _offered(self) -> Offered:
        return load_offered(self._profile.folder)

    def _of(self, category: Category, language: str) -> Kind:
        say = words(language)
        grouping = next((g for g in self._offered.groupings if g.code == category.code), None)
        group = (grouping.group_en if language == "en" else grouping.group) if grouping else ""
        name = self._profile.category_name(category.code, language)
        term = say.number(category.resolve_h, 0 if category.resolve_h == int(category.resolve_h) else 2)
        within = say("{name}: xử lý trong {n} giờ", name=name, n=term) if category.priority == 1 else say(
            "{name}: xử lý trong {n} giờ làm việc", name=name, n=term)
        return Kind(jurisdiction="", code=category.code, category=category.code, name=name, description=within, group=group,
                    keywords=grouping.keywords if grouping else "", attributes=self._asked("", category.code))

    def _asked(self, jurisdiction: str, code: str) -> list[Attribute]:
        return [a for a in self._offered.attributes if (a.jurisdiction, a.service) == (jurisdiction, code)]


def check_answers(kind: Kind, given: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Answers to a service's questions, by code, those to a list with commas between them.

    Raises:
        InputError: a question that the service does not ask, an answer of another kind, or none where one is required.

    """
    asked = {attribute.code: attribute for attribute in kind.attributes}
    if unknown := next((code for code in given if code not in asked), None):
        raise InputError(f"attribute[{unknown[:60]}] is no attribute of the service '{kind.code}': it has {', '.join(asked) or 'none'}")
    told = {code: [value.strip() for value in values if value.strip()] for code, values in given.items()}
    if lacking := next((a for a in kind.attributes if a.required and not told.get(a.code)), None):
        raise InputError(f"attribute[{lacking.code}] is required by the service '{kind.code}' and was not provided: {lacking.description_en}")
    return {code: _answer(asked[code], values) for code, values in told.items() if values}


WRITTEN = frozenset({"string", "text"})
"""Kinds of answers in a citizen's own words, which are sealed like the text: people write names and numbers into them."""


def told_in_words(kind: Kind, answers: Mapping[str, str]) -> list[str]:
    """The answers in a citizen's own words, a line each, as they stand below the text."""
    return [f"{a.description}: {' '.join(answers[a.code].split())}" for a in kind.attributes if a.datatype in WRITTEN and a.code in answers]


def told_in_codes(kind: Kind, answers: Mapping[str, str]) -> dict[str, str]:
    """All answers by code; '' for one that stands below the text."""
    return {a.code: "" if a.datatype in WRITTEN else answers[a.code] for a in kind.attributes if a.code in answers}


def _answer(attribute: Attribute, values: Sequence[str]) -> str:
    name = f"attribute[{attribute.code}]"
    if attribute.datatype == "multivaluelist":
        values = [part.strip() for value in values for part in value.split(",") if part.strip()]
        if not values:
            raise InputError(f"{name} names none of its values: {', '.join(attribute.choices)}")
    elif len(values) > 1:
        raise InputError(f"{name} was told {len(values)} times: it takes one value")
    if sum(map(len, values)) > MAX_ANSWER:
        raise InputError(f"{name} has more than {MAX_ANSWER} characters: shorten it")
    if wrong := next((value for value in values if attribute.choices and value not in attribute.choices), None):
        raise InputError(f"{name} is '{wrong[:60]}', which is none of its values: {', '.join(attribute.choices)}")
    _check_kind(name, attribute.datatype, values[0])
    return ",".join(dict.fromkeys(values))


def _check_kind(name: str, datatype: str, value: str) -> None:
    if datatype == "datetime":
        read_moment(name, value)
    elif datatype == "number" and not re.fullmatch(r"[+-]?[0-9]{1,15}([.,][0-9]{1,9})?", value):
        raise InputError(f"{name} is '{value[:60]}', which is no number: write it like 42 or 1.5")
