"""Where a webhook may go: out of the house, and inside it only where the settings say so.

Else whoever may add a webhook could make this program ask what only this program can reach (server-side request forgery).
"""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from ioc.errors import ConfigurationError, InputError

MAX_URL = 2000
_NAT64 = IPv6Network("64:ff9b::/96")
Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A webhook's address taken apart. `path` with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def netloc(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"


class Door:
    """`allowed`: hosts by name or address, and networks, that lie inside and may be reached all the same."""

    def __init__(self, allowed: Sequence[str] = ()) -> None:
        self._names: set[str] = set()
        self._networks: list[IPv4Network | IPv6Network] = []
        for one in allowed:
            try:
                self._networks.append(ip_network(one))
            except ValueError:
                if "/" in one:
                    raise ConfigurationError(f"IOC_WEBHOOK_HOSTS: '{one}' is no network, e.g. 10.1.0.0/16") from None
                self._names.add(one.lower().rstrip("."))

    def place(self, url: str) -> Place:
        """An address that a webhook may have, as far as it can be told without asking for its host.

        Raises:
            InputError: no https (http is for this machine alone), a user in it, a host that may not be reached.

        """
        try:
            parts = urlsplit(url)
            port, host = parts.port, (parts.hostname or "").rstrip(".")
        except ValueError:
            parts, port, host = urlsplit(""), None, ""
        if parts.scheme not in {"https", "http"} or not host or len(url) > MAX_URL or not url.isascii() or not url.isprintable() or " " in url:
            raise InputError(f"'{url[:200]!a}' is no address of a webhook: write https://host/path")
        if parts.username is not None or parts.password is not None:
            raise InputError("a webhook's address holds no user and no password: its messages are signed")
        place = Place(scheme=parts.scheme, host=host, port=port or (443 if parts.scheme == "https" else 80),
                      path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        literal = _literal(host)
        if place.scheme == "http" and not (host == "localhost" or (literal is not None and literal.is_loopback)):
            raise InputError("a webhook's address begins with https://; http:// is for this machine alone")
        if literal is not None:
            self._check(place, literal)
        return place

    async def addresses(self, place: Place) -> list[str]:
        """Addresses of a host; every one of them may be reached. To be connected to as they are, since a name may mean another the next moment.

        Raises:
            InputError: one of them may not be reached.
            OSError: the name is not known.

        """
        found = await asyncio.get_running_loop().getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
        texts = list(dict.fromkeys(str(info[4][0]) for info in found))
        for text in texts:
            address = ip_address(text.partition("%")[0])
            self._check(place, address)
            if place.scheme == "http" and not address.is_loopback:
                raise InputError(f"{place.host} is not this machine: http:// is for this machine alone")
        return texts

    def _check(self, place: Place, address: Address) -> None:
        plain = _plain(address)
        if place.host.lower() in self._names or any(plain in network for network in self._networks if network.version == plain.version):
            return
        if not plain.is_global or plain.is_multicast or plain.is_reserved:
            raise InputError(f"{place.host} lies inside ({address}): name it in IOC_WEBHOOK_HOSTS where webhooks may go there")


def _literal(host: str) -> Address | None:
    """The address that a host is; short and odd spellings (127.1, 0x7f.1) are names here, and are found out when they are asked for."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _plain(address: Address) -> Address:
    """The address that is meant: IPv4 also where it is wrapped in IPv6."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address
