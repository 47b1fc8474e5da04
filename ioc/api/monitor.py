"""Who may read metrics and the reasons of readiness: a monitor with its key, or, where none is set, a program of this machine."""

import hmac
import ipaddress
from collections.abc import Callable
from pathlib import Path

from ioc.api.hardening import Scope, address_of, header
from ioc.errors import ConfigurationError
from ioc.settings import Settings


def monitor(settings: Settings) -> Callable[[Scope], bool]:
    """Whether a request is a monitor's.

    Raises:
        ConfigurationError: the key's file cannot be read, or its key is too short to be one.

    """
    if not settings.monitor_key_file:
        # Behind a proxy everybody comes from this machine.
        return lambda scope: not settings.proxies and _is_here(address_of(scope)) and not header(scope, b"x-forwarded-for")
    try:
        key = Path(settings.monitor_key_file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"IOC_MONITOR_KEY_FILE: {settings.monitor_key_file} cannot be read ({error})") from None
    if len(key) < 20:
        raise ConfigurationError("IOC_MONITOR_KEY_FILE: a key has at least 20 letters")
    wanted = f"Bearer {key}".encode()
    return lambda scope: hmac.compare_digest(header(scope, b"authorization").encode("latin-1"), wanted)


def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
