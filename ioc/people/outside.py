"""Who the province's own sign-on says somebody is, and what its groups mean here: a TOML file (IOC_SIGN_ON) says both."""

import re
import ssl
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import msgspec
from ldap3.core.exceptions import LDAPInvalidDnError
from ldap3.utils.dn import parse_dn

from ioc.errors import ConfigurationError, RefusedError
from ioc.people.principal import Grant
from ioc.people.roles import APART, LIMITED, ROLES
from ioc.settings import environment
from ioc.settings import secret as file_secret

Lookup = Callable[[str], str | None]
"""Value of an environment variable, None where it is not set."""

PRIVILEGED = frozenset({"administrator", "auditor"})
"""Roles that a group gives only where the file says `privileged = true`: whoever keeps the groups would else rule this centre."""
_LIMITS = ("units", "agencies", "fields")
_ESCAPED = re.compile(rb"\\([0-9A-Fa-f]{2}|.)", re.DOTALL)


class Reason(StrEnum):
    """Why a sign-in from outside was refused; the page has a sentence for each."""

    PASSWORD = "password"  # noqa: S105 (log-in or password is wrong: which of the two is not told)
    DISABLED = "disabled"
    NO_GROUP = "no_group"
    APART = "apart"
    LIMITS = "limits"
    CANCELLED = "cancelled"
    STEP = "step"
    TOKEN = "token"  # noqa: S105 (the provider's answer does not prove who it is)
    FACTS = "facts"


class SignOnRefusedError(RefusedError):
    """The province's sign-on does not vouch for somebody, or its groups give nothing here."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideIdentity:
    """Somebody whom the province's sign-on vouches for. `issuer` and `external_id` stay the same when the log-in changes."""

    issuer: str
    external_id: str
    login: str
    name: str
    groups: frozenset[str] = field(default=frozenset(), repr=False)


class OidcAccess(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An OpenID Connect provider. A claim is named as it stands, or as a path like realm_access.roles."""

    issuer: str
    client_id: str
    return_address: str
    client_secret_file: str = ""
    client_secret_env: str = ""
    token_auth: str = ""
    scopes: tuple[str, ...] = ("openid", "profile")
    login_claim: str = "preferred_username"
    name_claim: str = "name"
    groups_claim: str = "groups"
    prompt: str = ""
    leave_address: str = ""
    ca_file: str = ""
    title: str = "Đăng nhập một lần của tỉnh"
    timeout_s: int = 5


class LdapAccess(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A directory. Who may search: a service account, or the person by `bind_dn`; the defaults are Active Directory's."""

    url: str | list[str]
    base: str
    starttls: bool = False
    ca_file: str = ""
    bind_dn: str = ""
    service_dn: str = ""
    service_password_file: str = ""
    service_password_env: str = ""
    user_filter: str = "(&(objectCategory=person)(objectClass=user)(|(sAMAccountName={login})(userPrincipalName={login})))"
    group_attribute: str = "memberOf"
    group_filter: str = ""
    group_base: str = ""
    nested: bool = False
    id_attribute: str = "objectGUID"
    login_attribute: str = "sAMAccountName"
    name_attribute: str = "displayName"
    title: str = "Tài khoản của tỉnh"
    timeout_s: int = 5


class GrantRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What being in a group gives. A limit that is left out does not limit."""

    group: str
    role: str
    units: list[str] | None = None
    agencies: list[str] | None = None
    fields: list[str] | None = None
    privileged: bool = False


class SignOn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The province's own sign-on: a provider, a directory or both, and what their groups give."""

    grants: list[GrantRule]
    oidc: OidcAccess | None = None
    ldap: LdapAccess | None = None


def read_sign_on(file: Path) -> SignOn:
    """The sign-on that a file describes.

    Raises:
        ConfigurationError: a file that cannot be read, or a field that is wrong; the sentence names it.

    """
    try:
        sign_on = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), SignOn)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file.name} (IOC_SIGN_ON) cannot be read: {error}") from None
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{file.name} (IOC_SIGN_ON): {error}") from None
    if sign_on.oidc is None and sign_on.ldap is None:
        raise ConfigurationError(f"{file.name} (IOC_SIGN_ON) has neither [oidc] nor [ldap]: nothing could be asked")
    for rule in sign_on.grants:
        if wrong := _wrong(rule):
            raise ConfigurationError(f"{file.name} (IOC_SIGN_ON): [[grants]] of group '{rule.group}': {wrong}")
    for key in {group_key(rule.group) for rule in sign_on.grants}:
        given = [rule for rule in sign_on.grants if group_key(rule.group) == key]
        try:
            _granted(given)
        except SignOnRefusedError as error:
            raise ConfigurationError(f"{file.name} (IOC_SIGN_ON): [[grants]] of group '{given[0].group}': {error}") from None
    return sign_on


def grants_of(identity: OutsideIdentity, sign_on: SignOn) -> tuple[Grant, ...]:
    """What somebody may here, one grant a role.

    Raises:
        SignOnRefusedError: none of the groups gives a role; the roles exclude each other; or the limits of one role make no single grant.

    """
    told = {group_key(group) for group in identity.groups}
    rules = [rule for rule in sign_on.grants if group_key(rule.group) in told]
    if not rules:
        raise SignOnRefusedError(Reason.NO_GROUP, f"{identity.login} is in none of the groups that have a role here: ask for one of them")
    return _granted(rules)


def group_key(group: str) -> object:
    """A group as it is compared: a distinguished name whatever its case, blanks and escapes, anything else to the letter."""
    try:
        parts = parse_dn(group, strip=True) if "=" in group else []
    except (LDAPInvalidDnError, AttributeError, IndexError):
        parts = []
    return tuple((name.casefold(), _plain(value), mark) for name, value, mark in parts) or group


def secret(what: str, env: str, file: str, lookup: Lookup = environment) -> str:
    """A secret from the variable or the file that is named; '' where neither is.

    Raises:
        ConfigurationError: the variable is not set, the file cannot be read, or either is empty.

    """
    if env.startswith("IOC_"):
        raise ConfigurationError(f"{what}: {env} cannot name a secret, since IOC_* are this program's settings: choose another name")
    if not env:
        return file_secret(what, file) if file else ""
    value = (lookup(env) or "").strip()
    if not value:
        raise ConfigurationError(f"{what}: the variable {env} is empty or not set")
    return value


def trust(what: str, ca_file: str) -> ssl.SSLContext:
    """TLS that verifies certificate and host name, by the authorities of a file or else by the machine's.

    Raises:
        ConfigurationError: the file cannot be read, or holds no certificate.

    """
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        raise ConfigurationError(f"{what}: ca_file {ca_file} cannot be used: {error}") from None


def _wrong(rule: GrantRule) -> str:
    limits: Mapping[str, list[str] | None] = {name: getattr(rule, name) for name in _LIMITS}
    checks = (
        (not rule.group.strip(), "group is empty"),
        (rule.role not in ROLES, f"there is no role '{rule.role}'; there are {', '.join(ROLES)}"),
        (any(limit is not None and not all([limit, *limit]) for limit in limits.values()), "a limit names nothing: leave it out where all is meant"),
        (rule.role in LIMITED and not rule.units and not rule.agencies, f"role '{rule.role}' means nothing without units or agencies"),
        (rule.role in PRIVILEGED and not rule.privileged, f"role '{rule.role}' by a group of others needs privileged = true"),
        (rule.privileged and rule.role not in PRIVILEGED, f"privileged belongs to {' and '.join(sorted(PRIVILEGED))}, not to '{rule.role}'"),
    )
    return next((sentence for wrong, sentence in checks if wrong), "")


def _granted(rules: Iterable[GrantRule]) -> tuple[Grant, ...]:
    by_role: dict[str, list[GrantRule]] = defaultdict(list)
    for rule in rules:
        by_role[rule.role].append(rule)
    for pair in APART:
        if pair <= by_role.keys():
            raise SignOnRefusedError(Reason.APART, f"the roles {' and '.join(sorted(pair))} exclude each other: leave one of the groups")
    return tuple(_one_grant(role, by_role[role]) for role in sorted(by_role))


def _one_grant(role: str, rules: Sequence[GrantRule]) -> Grant:
    """The union of rules as one grant: exact only where they differ in one kind of limit, since a grant is what meets all its limits."""
    told = {name: [None if (limit := getattr(rule, name)) is None else frozenset(limit) for rule in rules] for name in _LIMITS}
    if any(all(told[name][n] is None for name in _LIMITS) for n in range(len(rules))):
        return Grant(role=role)
    if sum(len(set(limits)) > 1 for limits in told.values()) > 1:
        raise SignOnRefusedError(Reason.LIMITS, f"role '{role}' comes with limits of different kinds by {', '.join(r.group for r in rules)}: "
                                                "stay in one of these groups, or let them limit by the same kind")
    return Grant(role=role, **{name: _union(limits) for name, limits in told.items()})


def _union(limits: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    named = [limit for limit in limits if limit is not None]
    return frozenset().union(*named) if len(named) == len(limits) else None


def _plain(value: str) -> str:
    raw = _ESCAPED.sub(lambda m: bytes.fromhex(m[1].decode()) if len(m[1]) == 2 else m[1], value.encode())
    return " ".join(unicodedata.normalize("NFC", raw.decode(errors="surrogateescape")).split()).casefold()
