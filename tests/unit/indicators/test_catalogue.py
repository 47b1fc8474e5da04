from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import pytest

from ioc.errors import ConfigurationError, InputError
from ioc.indicators.catalogue import Catalogue, load_catalogue
from ioc.indicators.events import TOPIC, province_of, shipped
from ioc.profiles import load_profile
from ioc.streams.indicator import STREAM, IndicatorData, check
from tests.profiles import FICTIONAL

Change = Callable[[str, str, str], Path]
PANELS = {"one_stop", "counters", "online_services", "reform_indices", "documents_tasks", "security_traffic", "digital_platform", "socio_economy",
          "social_services", "citizen_reports", "environment"}


@pytest.fixture(params=["soc_trang", FICTIONAL], ids=["soc_trang", "binh_minh"])
def catalogue(request: pytest.FixtureRequest) -> Catalogue:
    return load_catalogue(request.param)


def test_every_indicator_belongs_to_a_panel(catalogue: Catalogue) -> None:
    assert set(catalogue.panels) <= PANELS


def test_every_indicator_names_its_source_or_its_owner(catalogue: Catalogue) -> None:
    assert [i.id for i in catalogue.indicators.values() if not i.owner or (not i.source and i.id != "dti")] == []


def test_every_shipped_figure_names_its_source(catalogue: Catalogue) -> None:
    assert [o.indicator_id for o in catalogue.history if not o.source] == []
    assert [t.indicator_id for t in catalogue.targets if not t.source] == []


def test_every_shipped_figure_is_an_event_that_the_stream_accepts(catalogue: Catalogue) -> None:
    for event in shipped(catalogue, "/vn/00/profile"):
        fact = event.type.split(".")[-2]
        data = msgspec.json.decode(msgspec.json.encode(event.data), type=IndicatorData)
        check(fact, data)
        assert (event.type, TOPIC) == (STREAM.type_of(fact), STREAM.topic)
        assert set(event.data) <= {f.encode_name for f in msgspec.structs.fields(IndicatorData)}


def test_shipped_events_have_ids_of_their_own(catalogue: Catalogue) -> None:
    events = list(shipped(catalogue, "/vn/00/profile"))
    assert len({e.id for e in events}) == len(events) == len(catalogue.history) + len(catalogue.targets)
    assert max(len(e.id) for e in events) <= 200


def test_shipped_history_stands_from_its_publication_or_the_day_after_its_period() -> None:
    found = {(e.subject, e.type.split(".")[-2]): e for e in shipped(load_catalogue("soc_trang"), "/vn/92/profile")}
    assert found["par_index_unit/946/2015", "observed"].time.isoformat() == "2016-12-08T17:00:00+00:00"
    assert found["par_index/94/2021", "observed"].time.isoformat() == "2021-12-31T17:00:00+00:00"


def test_shipped_rate_is_computed_and_the_published_one_kept() -> None:
    found = {e.subject: e.data for e in shipped(load_catalogue("soc_trang"), "/vn/92/profile")}["autonomy_units_province/94/2023"]
    assert (found["value"], found["numerator"], found["denominator"], found["published_value"]) == (39.805825, 41.0, 103.0, 26.21)
    assert (found["unit"], found["manual"], found["unit_valid_on"]) == ("%", True, date(2023, 12, 31))


def test_ranks_of_the_shipped_history_say_among_how_many() -> None:
    ranks = {(o.indicator_id, o.unit_code, o.period.text): (o.rank, o.out_of) for o in load_catalogue("soc_trang").history if o.rank}
    assert ranks["par_index", "94", "2021"] == (18, 63)
    assert ranks["sipas", "94", "2021"] == (9, 63)
    assert ranks["par_index_unit", "948", "2015"] == (11, 11)


def test_units_of_the_shipped_history_are_the_old_province_its_districts_and_one_to_compare_with() -> None:
    districts = {str(code) for code in range(941, 952)}
    assert {o.unit_code for o in load_catalogue("soc_trang").history} <= {"94", "77", *districts}


def test_units_of_the_shipped_history_are_in_the_register_from_its_beginning() -> None:
    units = load_profile("soc_trang").units
    told = [(o.unit_code, o.period.last_day) for o in load_catalogue("soc_trang").history if o.unit_code != "77" and o.period.last_day.year >= 2020]
    assert told
    assert [item for item in told if not any(u.code == item[0] and u.valid_on(item[1]) for u in units)] == []


def test_target_that_nobody_confirmed_says_so() -> None:
    targets = {t.indicator_id: t for t in load_catalogue("soc_trang").targets}
    assert targets["inspections_per_enterprise"].confirmed
    assert not targets["disbursement"].confirmed


@pytest.mark.parametrize(("name", "old", "new", "error"), [
    ("indicators.csv", "up,true,province+unit+agency", "sideways,true,province+unit+agency", r"indicators.csv, line \d+: .*'sideways'"),
    ("indicators.csv", "dossiers_on_time,", "Dossiers,", r"indicators.csv, line 2: "),
    ("indicators.csv", "point", "stars", "the unit 'stars' is unknown"),
    ("indicators.csv", "sipas,", "par_index,", "the id 'par_index' stands twice"),
    ("history.csv", "par_index,,,2024", "pax_index,,,2024", "history.csv, line 2: indicators.csv lacks 'pax_index'"),
    ("history.csv", "par_index,,,2024", "par_index,,,2024-05", "another kind of period than '2024-05': write e.g. 2026"),
    ("history.csv", "21,34", "21,", "rank and out_of, are given together|given together"),
    ("history.csv", "par_index,,,2024", "par_index,,,2025", "'par_index   2025' stands twice"),
    ("history.csv", ",hư cấu,,\n", ",hư cấu\n", "another number of columns"),
    ("history.csv", "\npar_index,,,2025", "\n\npar_index,,,2025", "history.csv, line 3: an empty line"),
    ("targets.csv", "95", "nhiều", "targets.csv, line 2: 'nhiều' is no number"),
])
def test_mistake_in_a_file_is_named_with_its_line(changed: Change, name: str, old: str, new: str, error: str) -> None:
    with pytest.raises(ConfigurationError, match=error):
        load_catalogue(str(changed(name, old, new)))


def test_mark_that_a_spreadsheet_puts_before_utf8_is_read_over(province: Path) -> None:
    expected = load_catalogue(str(province))
    for file in ("indicators.csv", "targets.csv", "history.csv"):
        (province / file).write_bytes(b"\xef\xbb\xbf" + (province / file).read_bytes())
    assert load_catalogue(str(province)) == expected


def test_missing_file_is_named(province: Path) -> None:
    (province / "history.csv").unlink()
    with pytest.raises(ConfigurationError, match="history.csv cannot be read"):
        load_catalogue(str(province))


def test_panel_without_indicators_is_refused_with_those_that_have_some() -> None:
    with pytest.raises(InputError, match="no indicator belongs to the panel 'weather'; known are one_stop"):
        load_catalogue("soc_trang").of_panel("weather")


def test_province_is_read_from_the_profiles_sources() -> None:
    assert province_of(load_profile("soc_trang")) == "92"
    assert province_of(load_profile(FICTIONAL)) == "99"


def test_province_of_sources_that_disagree_is_refused(changed: Change) -> None:
    with pytest.raises(ConfigurationError, match="name the provinces"):
        province_of(load_profile(str(changed("profile.toml", "/vn/99/one-stop", "/vn/98/one-stop"))))
