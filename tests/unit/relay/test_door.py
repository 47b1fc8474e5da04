"""Where webhooks may go."""

import asyncio
from ipaddress import ip_address

import pytest

from ioc.errors import ConfigurationError, InputError
from ioc.relay.door import Door, _plain

INSIDE = ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1",
          "[::1]", "[fe80::1]", "[fc00::1]", "[::]", "[::ffff:10.1.2.3]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[ff02::1]",
          "[2001:db8::1]"]


@pytest.mark.parametrize("host", INSIDE)
def test_address_inside_is_refused(host: str) -> None:
    with pytest.raises(InputError, match="IOC_WEBHOOK_HOSTS"):
        Door().place(f"https://{host}/hook")


@pytest.mark.parametrize("host", ["127.1", "0x7f.0.0.1", "2130706433", "localhost", "0177.0.0.1"])
def test_other_spelling_of_this_machine_is_found_out_before_it_is_asked(host: str) -> None:
    door = Door()
    place = door.place(f"https://{host}/")
    with pytest.raises((InputError, OSError)):
        asyncio.run(door.addresses(place))


@pytest.mark.parametrize("url", [
    "http://example.vn/hook", "ftp://example.vn/", "https://", "https:///x", "file:///etc/passwd", "https://user@example.vn/", "https://u:p@example.vn/",
    "https://example.vn:99999/", "https://example.vn/a b", "https://example.vn/\r\nx: y", "https://exämple.vn/", "gopher://x", "", "https://[::1",
    "http://8.8.8.8/", "https://example.vn/" + "a" * 2000,
])
def test_address_that_is_none_of_a_webhook_is_refused(url: str) -> None:
    with pytest.raises(InputError):
        Door(["8.8.8.8"]).place(url)


@pytest.mark.parametrize(("allowed", "host"), [("10.1.0.0/16", "10.1.2.3"), ("10.1.2.3", "10.1.2.3"), ("fc00::/7", "[fc00::1]"), ("127.0.0.1", "127.0.0.1"),
                                               ("10.1.0.0/16", "[::ffff:10.1.2.3]")])
def test_place_inside_that_is_named_may_be_reached(allowed: str, host: str) -> None:
    assert Door([allowed]).place(f"https://{host}:8443/hook?a=1").path == "/hook?a=1"


def test_naming_one_network_opens_no_other() -> None:
    with pytest.raises(InputError):
        Door(["10.1.0.0/16"]).place("https://10.2.0.1/")


def test_name_that_means_an_address_inside_is_refused_unless_it_is_named() -> None:
    place = Door().place("https://localhost/")
    with pytest.raises(InputError, match="lies inside"):
        asyncio.run(Door().addresses(place))
    assert asyncio.run(Door(["LocalHost."]).addresses(place))


def test_address_outside_is_open() -> None:
    place = Door().place("https://93.184.216.34/x")
    assert asyncio.run(Door().addresses(place)) == ["93.184.216.34"]
    assert place.netloc == "93.184.216.34"


def test_network_that_is_none_stops_the_program() -> None:
    with pytest.raises(ConfigurationError, match="IOC_WEBHOOK_HOSTS"):
        Door(["10.1.0.0/99"])


def test_wrapped_address_is_the_one_that_is_meant() -> None:
    assert [str(_plain(ip_address(text))) for text in ("64:ff9b::808:808", "2002:808:808::", "::ffff:8.8.8.8")] == ["8.8.8.8"] * 3
