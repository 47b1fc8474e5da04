"""LDAP and Active Directory: a password is proved by binding as the entry that was found, over verified TLS (RFC 4511, 4513, 4515)."""

import contextlib
import logging
import ssl
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import ldap3
from ldap3.core.exceptions import LDAPException, LDAPInvalidFilterError
from ldap3.operation.search import parse_filter
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import escape_rdn
from pyasn1.error import PyAsn1Error

from ioc.errors import ConfigurationError, UnavailableError
from ioc.people.outside import LdapAccess, Lookup, OutsideIdentity, Reason, SignOnRefusedError, secret, trust
from ioc.settings import environment

log = logging.getLogger(__name__)

LONGEST = 256
"""Characters of a log-in, and of a password."""
MOST_GROUPS = 5000
NESTED = "(&(objectClass=group)(member:1.2.840.113556.1.4.1941:={dn}))"
"""Active Directory's own search through groups within groups (LDAP_MATCHING_RULE_IN_CHAIN)."""
DISABLED = 0x2
"""Bit of userAccountControl (ACCOUNTDISABLE)."""
# What ldap3 raises where a server is away, shows a wrong certificate, or sends what is no LDAP.
_FAILURES = (LDAPException, PyAsn1Error, OSError, ValueError, LookupError, TypeError)
# Answers that say no to a person; all others say that the directory cannot answer.
_NO = frozenset({"invalidCredentials", "inappropriateAuthentication", "unwillingToPerform", "constraintViolation", "noSuchObject",
                 "invalidDNSyntax", "insufficientAccessRights"})


class _Tls(ldap3.Tls):
    """TLS by a context of our own: ldap3's compares host names by code that newer Pythons lost, and knows no addresses."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context = context

    def wrap_socket(self, connection: ldap3.Connection, do_handshake: bool = False) -> None:  # noqa: FBT001, FBT002 (as ldap3 calls it)
        del do_handshake  # always: without it no name was compared
        connection.socket = self._context.wrap_socket(connection.socket, server_hostname=connection.server.host)


class Directory:
    """A directory of one or several servers with the same content, asked one after another until one answers."""

    def __init__(self, access: LdapAccess, lookup: Lookup = environment) -> None:
        self._access = access
        self._urls = [access.url] if isinstance(access.url, str) else access.url
        self._password = secret("[ldap] service_password", access.service_password_env, access.service_password_file, lookup)
        if wrong := _wrong(access, self._urls, self._password):
            raise ConfigurationError(f"[ldap] {wrong}")
        self._tls = _Tls(trust("[ldap]", access.ca_file))
        self._groups = access.group_filter or (NESTED if access.nested else "")
        self._away: set[str] = set()

    @property
    def title(self) -> str:
        return self._access.title

    @property
    def issuer(self) -> str:
        return f"ldap:{self._access.base.lower()}"

    def sign_in(self, login: str, password: str) -> OutsideIdentity:
        """Who has this log-in and this password. It waits for the network: call it from a thread.

        Raises:
            SignOnRefusedError: not both are right, or the account is disabled.
            UnavailableError: no server answers, or not as it should.

        """
        login = unicodedata.normalize("NFC", login).strip()
        if not _is_usable(login, password):
            raise SignOnRefusedError(Reason.PASSWORD, "log-in or password is wrong")
        for url in self._urls:
            try:
                found = self._asked(url, login, password)
            except (*_FAILURES, UnavailableError) as error:
                # A wrong password is no failure: the next server is not asked for it, since each attempt counts against the account.
                if url not in self._away:
                    log.warning("%s does not answer: %s %s", url, type(error).__name__, error)
                self._away.add(url)
                continue
            if url in self._away:
                log.info("%s answers again", url)
            self._away.discard(url)
            return found
        raise UnavailableError(f"{self.title} does not answer: try again, or use an account of this centre")

    def _asked(self, url: str, login: str, password: str) -> OutsideIdentity:
        access = self._access
        as_person = access.bind_dn.replace("{login}", escape_rdn(login) if "=" in access.bind_dn else login)
        who, proof, person = (access.service_dn, self._password, False) if access.service_dn else (as_person, password, True)
        with self._bound(url, who, proof, person=person) as reader:
            entry = self._entry(reader, login)
            # Bound as this very entry: whom the password proves is whom is told of, whichever way the entry was found.
            with self._bound(url, entry["dn"], password, person=True):
                pass
            return self._identity(reader, entry)

    @contextlib.contextmanager
    def _opened(self, url: str, user: str, password: str) -> Iterator[ldap3.Connection]:
        """A connection over TLS, on which nothing was said yet."""
        # A server of its own: two connections that share one hide each other's failures to open.
        parts = urlsplit(url)
        server = ldap3.Server(parts.hostname or "", port=parts.port, use_ssl=parts.scheme == "ldaps", get_info=ldap3.NONE, tls=self._tls,
                              connect_timeout=self._access.timeout_s, allowed_referral_hosts=[])
        connection = ldap3.Connection(server, user or None, password or None, auto_referrals=False, read_only=True, check_names=False,
                                      receive_timeout=self._access.timeout_s, auto_escape=False)
        try:
            connection.open(read_server_info=False)
            if not server.ssl and not connection.start_tls(read_server_info=False):
                raise UnavailableError(f"StartTLS: {connection.last_error}")
            if connection.closed or not isinstance(connection.socket, ssl.SSLSocket):
                raise UnavailableError("no TLS: ldap3 would open it anew and send the password in clear text")
            yield connection
        finally:
            with contextlib.suppress(*_FAILURES):
                connection.unbind()

    @contextlib.contextmanager
    def _bound(self, url: str, user: str, password: str, *, person: bool) -> Iterator[ldap3.Connection]:
        with self._opened(url, user, password) as connection:
            if not connection.bind(read_server_info=False):
                told = connection.result["description"]
                if person and told in _NO:
                    raise SignOnRefusedError(Reason.PASSWORD, "log-in or password is wrong")
                raise UnavailableError(f"bind as {'the person' if person else user}: {told}")
            yield connection

    def _entry(self, reader: ldap3.Connection, login: str) -> Mapping[str, Any]:
        access = self._access
        wanted = [access.id_attribute, access.login_attribute, access.name_attribute, access.group_attribute, "userAccountControl"]
        found = self._found(reader, access.base, access.user_filter.replace("{login}", escape_filter_chars(login)), wanted, most=2)
        if len(found) != 1 or reader.result["description"] != "success":
            if found:
                log.warning("user_filter finds several entries for one log-in: nobody is signed in by it")
            raise SignOnRefusedError(Reason.PASSWORD, "log-in or password is wrong")
        return found[0]

    def _found(self, reader: ldap3.Connection, base: str, text: str, wanted: list[str], *, most: int) -> list[Mapping[str, Any]]:
        """Entries by a filter; references to other servers are not followed."""
        reader.search(base, text, dereference_aliases=ldap3.DEREF_NEVER, attributes=[w for w in wanted if w], size_limit=most,
                      time_limit=self._access.timeout_s)
        told = reader.result["description"]
        if told not in {"success", "sizeLimitExceeded"}:
            raise UnavailableError(f"search below {base}: {told}")
        return [entry for entry in reader.response or () if entry["type"] == "searchResEntry"]

    def _identity(self, reader: ldap3.Connection, entry: Mapping[str, Any]) -> OutsideIdentity:
        access = self._access
        values = {name.casefold(): list(raw) for name, raw in entry["raw_attributes"].items()}
        if _number(values.get("useraccountcontrol")) & DISABLED:
            raise SignOnRefusedError(Reason.DISABLED, "this account is disabled in the province's directory")
        ident, login, name = (values.get(a.casefold()) or [b""] for a in (access.id_attribute, access.login_attribute, access.name_attribute))
        if not ident[0] or not login[0]:
            raise SignOnRefusedError(Reason.FACTS, f"{self.title} gives no {access.id_attribute} or no {access.login_attribute}: "
                                                   "look at id_attribute and login_attribute")
        return OutsideIdentity(issuer=self.issuer, external_id=_id_text(access.id_attribute, ident[0]), login=_text(login[0]).lower(),
                               name=_text(name[0]) or _text(login[0]), groups=frozenset(self._groups_of(reader, entry["dn"], values)))

    def _groups_of(self, reader: ldap3.Connection, dn: str, values: Mapping[str, list[bytes]]) -> Iterable[str]:
        if not self._groups:
            return [_text(group) for group in values.get(self._access.group_attribute.casefold(), [])]
        base = self._access.group_base or self._access.base
        found = self._found(reader, base, self._groups.replace("{dn}", escape_filter_chars(dn)), ["1.1"], most=MOST_GROUPS)
        if reader.result["description"] != "success":
            raise UnavailableError(f"a person is in more than {len(found)} groups: narrow group_filter or group_base")
        return [entry["dn"] for entry in found]


def _wrong(access: LdapAccess, urls: list[str], password: str) -> str:
    schemes = {urlsplit(url).scheme for url in urls if urlsplit(url).hostname}
    checks = (
        (not urls or len(schemes) != 1 or not all(urlsplit(url).hostname for url in urls), f"url is '{', '.join(urls)}': write ldaps://host"),
        (schemes != {"ldap" if access.starttls else "ldaps"}, "a password goes over TLS alone: ldaps://…, or ldap://… with starttls = true"),
        (bool(access.service_dn) == bool(access.bind_dn), "needs either service_dn or bind_dn: who may search?"),
        (bool(access.service_dn) != bool(password), "service_dn needs service_password_file or service_password_env, and they need service_dn"),
        (bool(access.bind_dn) and "{login}" not in access.bind_dn, "bind_dn has no {login}: write e.g. {login}@tinh.example.vn"),
        ("{login}" not in access.user_filter or not _is_filter(access.user_filter), "user_filter is no filter with {login}"),
        ("{dn}" not in (access.group_filter or "{dn}") or not _is_filter(access.group_filter or NESTED), "group_filter is no filter with {dn}"),
        (not access.base.strip() or access.timeout_s < 1, "base is empty, or timeout_s is less than 1"),
    )
    return next((sentence for wrong, sentence in checks if wrong), "")


def _is_filter(text: str) -> bool:
    try:
        plain = text.replace("{login}", "a").replace("{dn}", "a")
        parse_filter(plain, None, auto_escape=False, auto_encode=False, validator=None, check_names=False)  # type: ignore[no-untyped-call]
    except LDAPInvalidFilterError:
        return False
    return True


def _is_usable(login: str, password: str) -> bool:
    # With an empty password a bind succeeds as nobody (RFC 4513 §5.1.2), and to some servers a text ends at NUL.
    return bool(login) and bool(password) and max(len(login), len(password)) <= LONGEST and login.isprintable() and "\0" not in password


def _text(raw: bytes) -> str:
    return unicodedata.normalize("NFC", raw.decode(errors="replace")).replace("\0", "").strip()


def _number(raw: list[bytes] | None) -> int:
    try:
        return int(raw[0]) if raw else 0
    except ValueError:
        return DISABLED


def _id_text(attribute: str, raw: bytes) -> str:
    """Active Directory's objectGUID comes as 16 bytes in Microsoft's order; others (entryUUID) are text."""
    return str(uuid.UUID(bytes_le=raw)) if attribute.casefold() == "objectguid" and len(raw) == 16 else _text(raw)
