"""Settings are read once; what is not known is an error."""

import pytest

from ioc.errors import ConfigurationError
from ioc.settings import Settings, documented, read_settings


def test_settings_have_defaults() -> None:
    assert read_settings({}) == Settings()


def test_settings_take_their_variables() -> None:
    found = read_settings({"IOC_DATABASE": "host=db", "IOC_PORT": "8060", "IOC_KIND": "exercise", "HOME": "/nowhere"})
    assert (found.database, found.port, found.kind) == ("host=db", 8060, "exercise")


def test_unknown_variable_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match="IOC_DATABSE is no setting; known are .*IOC_DATABASE"):
        read_settings({"IOC_DATABSE": "host=db"})


def test_variables_of_the_tests_are_let_through() -> None:
    assert read_settings({"IOC_TEST_FAULTS": "long"}) == Settings()


def test_number_must_be_whole() -> None:
    with pytest.raises(ConfigurationError, match="IOC_PORT is '80a'"):
        read_settings({"IOC_PORT": "80a"})


def test_birth_mark_is_one_of_two() -> None:
    with pytest.raises(ConfigurationError, match="IOC_KIND is 'test'"):
        read_settings({"IOC_KIND": "test"})


def test_absent_database_names_the_remedy() -> None:
    with pytest.raises(ConfigurationError, match="IOC_DATABASE is not set.*ioc demo"):
        Settings().dsn()


def test_every_setting_is_documented() -> None:
    assert all(name.startswith("IOC_") and doc for name, _, doc in documented())
    assert {name for name, _, _ in documented()} >= {"IOC_DATABASE", "IOC_KAFKA", "IOC_PROFILE", "IOC_PORT"}
