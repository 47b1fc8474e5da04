"""Services of a profile: what its files may hold, and the answers that are taken to their questions."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ioc.errors import ConfigurationError, InputError, NotFoundError
from ioc.profiles import load_profile
from ioc.profiles.jurisdictions import load_offered
from ioc.reports.services import Services, check_answers, told_in_codes, told_in_words
from tests.profiles import FICTIONAL

SERVICES = Services(load_profile(FICTIONAL))


@pytest.mark.parametrize("name", ["soc_trang", FICTIONAL])
def test_every_question_and_group_belongs_to_a_service(name: str) -> None:
    profile = load_profile(name)
    offered = load_offered(profile.folder)
    known = {("", c.code) for c in profile.categories} | {(id_, s.code) for id_, services in offered.jurisdictions.items() for s in services}
    assert {(a.jurisdiction, a.service) for a in offered.attributes} <= known
    assert [g.code for g in offered.groupings] == [c.code for c in profile.categories]


@pytest.mark.parametrize(("file", "old", "new", "told"), [
    ("attributes.csv", "TR-LIGHT,POLE,string", "TR-LIGHT,POLE,colour", "attributes.csv, line 3"),
    ("attributes.csv", "TR-LIGHT,POLE,string", "TR-LIGHT,KIND,string", "stands twice"),
    ("attributes.csv", "TR-LIGHT,POLE,string", "TR-LIGHT,P OLE,string", "letters, digits"),
    ("attributes.csv", "TR-LIGHT,POLE,string", "TR-LIGHT,POLE,singlevaluelist", "a list names its values"),
    ("attributes.csv", "street=Đèn đường=Street light", "street", "key=name=English name"),
    ("jurisdictions/chicago.csv", "4ffa971e6018277d4000000b", "4fd3bd72e750846c530000cd", "stands twice"),
    ("services.csv", "group_en", "group_fr", "services.csv"),
])
def test_mistake_in_a_file_is_named(changed: Callable[[str, str, str], Path], file: str, old: str, new: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        load_offered(changed(file, old, new))


def test_jurisdictions_file_needs_a_plain_name(province: Path) -> None:
    (province / "jurisdictions" / "Chi cago.csv").write_text("code,name\n1,x\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="small letters"):
        load_offered(province)


def test_province_without_these_files_offers_its_categories(province: Path) -> None:
    for file in ("attributes.csv", "services.csv", "jurisdictions/chicago.csv"):
        (province / file).unlink()
    (province / "jurisdictions").rmdir()
    services = Services(load_profile(str(province)))
    assert len(services.listed("")) == 21
    with pytest.raises(NotFoundError, match="chicago"):
        services.jurisdiction("chicago")


def test_report_of_a_jurisdiction_is_kept_under_the_services_name() -> None:
    kind = SERVICES.service("chicago", "4fd3b656e750846c53000004")
    assert kind.category == "Pothole in Street"
    for category in (kind.category, kind.code):
        assert SERVICES.of_category("chicago", category)[0] == kind.code
    assert SERVICES.of_category("chicago", "Something else") == ("Something else", "Something else")
    assert SERVICES.of_category("", "TR-ROAD", "en") == ("TR-ROAD", "Pothole, damaged road")


def test_answers_in_words_stand_apart_from_those_by_code() -> None:
    kind = SERVICES.service("", "TR-LIGHT")
    answers = check_answers(kind, {"KIND": [" park "], "POLE": ["A\n1"], "OUT": [""]})
    assert told_in_words(kind, answers) == ["Số hiệu trụ đèn: A 1"]
    assert told_in_codes(kind, answers) == {"KIND": "park", "POLE": ""}


@pytest.mark.parametrize(("given", "word"), [
    ({}, "required"), ({"KIND": ["park", "street"]}, "told 2 times"), ({"KIND": ["PARK"]}, "none of its values"),
    ({"KIND": ["park"], "OUT": ["1e9"]}, "no number"), ({"KIND": ["park"], "NO": ["1"]}, r"attribute\[NO\] is no attribute")])
def test_answer_that_cannot_be_taken_is_named(given: dict[str, list[str]], word: str) -> None:
    with pytest.raises(InputError, match=word):
        check_answers(SERVICES.service("", "TR-LIGHT"), given)


def test_list_that_names_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="names none of its values"):
        check_answers(SERVICES.service("", "EN-WASTE"), {"KIND": [" , "]})
