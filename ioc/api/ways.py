"""The province's own sign-on as the page `/login` offers it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ioc.clock import Clock
from ioc.people.outside import OutsideIdentity, SignOn, grants_of, read_sign_on
from ioc.people.principal import Grant
from ioc.settings import Settings

if TYPE_CHECKING:  # most centres use neither: their libraries are loaded where one is named
    from ioc.people.ldap import Directory
    from ioc.people.oidc import Provider

Vouched = tuple[OutsideIdentity, tuple[Grant, ...]]
"""Who it is, and the roles of the groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcWay:
    """By OpenID Connect: the password stays at the provider."""

    provider: "Provider"
    sign_on: SignOn
    key: str = "oidc"
    asks_password: bool = False

    @property
    def title(self) -> str:
        return self.provider.title

    async def begin(self) -> tuple[str, Mapping[str, Any]]:
        return await self.provider.begin()

    async def finish(self, step: Mapping[str, Any], query: Mapping[str, str]) -> Vouched:
        identity = await self.provider.finish(step, query)
        return identity, grants_of(identity, self.sign_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapWay:
    """By a directory (LDAP, Active Directory), which says whether a password is right."""

    directory: "Directory"
    sign_on: SignOn
    key: str = "ldap"
    asks_password: bool = True

    @property
    def title(self) -> str:
        return self.directory.title

    async def with_password(self, login: str, password: str) -> Vouched:
        identity = await asyncio.to_thread(self.directory.sign_in, login, password)
        return identity, grants_of(identity, self.sign_on)


Way = OidcWay | LdapWay


def ways(settings: Settings, clock: Clock) -> Mapping[str, Way]:
    """Ways by key; none where no file is named.

    Raises:
        ConfigurationError: the file, or one that it names, cannot be used.

    """
    if not settings.sign_on:
        return {}
    from ioc.people.ldap import Directory
    from ioc.people.oidc import Provider

    sign_on = read_sign_on(Path(settings.sign_on))
    made: list[Way] = []
    if sign_on.oidc is not None:
        made.append(OidcWay(provider=Provider(sign_on.oidc, clock), sign_on=sign_on))
    if sign_on.ldap is not None:
        made.append(LdapWay(directory=Directory(sign_on.ldap), sign_on=sign_on))
    return {way.key: way for way in made}
