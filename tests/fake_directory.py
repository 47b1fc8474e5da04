"""A province's directory as another would run it, on loopback; it misbehaves when it is told to."""

import ipaddress
import secrets
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from ldap3.protocol import rfc4511 as ldap
from ldap3.strategy.base import BaseStrategy
from pyasn1.codec.ber import encoder


def certified(folder: Path, *names: str) -> tuple[Path, Path]:
    """(file of an authority's certificate, file of a key and a certificate that it gave for the names)."""
    authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"authority {secrets.token_hex(4)}")])
    alternatives = [x509.IPAddress(ipaddress.ip_address(n)) if n[0].isdigit() else x509.DNSName(n) for n in names]

    def certificate(subject: x509.Name, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType) -> bytes:
        draft = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key()).serial_number(x509.random_serial_number())
        # The machine's time, since it is OpenSSL that compares.
        draft = draft.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=36500))
        return draft.add_extension(extension, critical=True).sign(authority, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    pem = own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    ca, leaf = folder / f"ca-{secrets.token_hex(4)}.pem", folder / f"server-{secrets.token_hex(4)}.pem"
    ca.write_bytes(certificate(issuer, authority, x509.BasicConstraints(ca=True, path_length=0)))
    leaf.write_bytes(pem + certificate(x509.Name([]), own, x509.SubjectAlternativeName(alternatives)))
    return ca, leaf


@dataclass
class FakeDirectory:
    """Entries by distinguished name; `answers`: operation → result code that it gives instead; `heard`: (operation, over TLS, text)."""

    entries: dict[str, dict[str, list[bytes]]]
    passwords: dict[str, str]
    answers: dict[str, int] = field(default_factory=dict)
    heard: list[tuple[str, bool, str]] = field(default_factory=list)
    noise: bytes = b""
    port: int = 0

    def bound(self, name: str, password: str) -> int:
        if not password:
            return 0  # unauthenticated bind: it succeeds, as nobody
        return 0 if self.passwords.get(name) == password else 49

    def matches(self, dn: str, tag: int, wanted: bytes) -> bool:
        parts = parts_of(wanted) if tag != 0x87 else []
        match tag:
            case 0xa0 | 0xa1:  # and, or
                return (all if tag == 0xa0 else any)(self.matches(dn, *part) for part in parts)
            case 0xa2:  # not
                return not self.matches(dn, *parts[0])
            case 0x87:  # present
                return bool(self.values(dn, wanted))
            case 0xa3:  # equal
                return parts[1][1].lower() in self.values(dn, parts[0][1])
            case 0xa4:  # with stars
                return any(piece.lower() in value for _, piece in parts_of(parts[1][1]) for value in self.values(dn, parts[0][1]))
        assert (tag, parts[0][1]) == (0xa9, b"1.2.840.113556.1.4.1941")
        return self.contains(dn, parts[2][1].decode(), set())

    def contains(self, group: str, member: str, seen: set[str]) -> bool:
        members = {m.decode().lower(): m.decode() for m in self.entries.get(group, {}).get("member", [])}
        return member.lower() in members or any(self.contains(m, member, seen | {group}) for m in members.values() if m not in seen)

    def values(self, dn: str, name: bytes) -> list[bytes]:
        return [v.lower() for attribute, values in self.entries[dn].items() if attribute.lower() == name.decode().lower() for v in values]


def parts_of(data: bytes) -> list[tuple[int, bytes]]:
    """(tag, value) of BER parts in a row, read independently of the library that wrote them."""
    parts, at = [], 0
    while at < len(data):
        size, start = data[at + 1], at + 2
        if size >= 0x80:
            start += size - 0x80
            size = int.from_bytes(data[at + 2:start])
        parts.append((data[at], data[start:start + size]))
        at = start + size
    return parts


class _Handler(socketserver.BaseRequestHandler):
    directory: FakeDirectory
    context: ssl.SSLContext
    ldaps: bool

    def handle(self) -> None:
        with suppress(OSError):
            if self.ldaps:
                self.request = self.context.wrap_socket(self.request, server_side=True)
            while (message := self.read()) and self.answer(int.from_bytes(message[0][1]), *message[1]):
                pass

    def read(self) -> list[tuple[int, bytes]]:
        data = b""
        while (size := BaseStrategy.compute_ldap_message_size(data)) < 0 or len(data) < size:  # type: ignore[no-untyped-call]
            if not (more := self.request.recv(4096)):
                return []
            data += more
        return parts_of(parts_of(data)[0][1])

    def answer(self, number: int, operation: int, content: bytes) -> bool:
        kind = {0x60: "bind", 0x63: "search", 0x77: "extended"}.get(operation, "")
        asked = parts_of(content)
        self.directory.heard.append((kind, isinstance(self.request, ssl.SSLSocket), asked[1][1].decode() if kind == "bind" else ""))
        if self.directory.noise:
            self.request.sendall(self.directory.noise)
        elif kind == "bind":
            self.tell(number, "bindResponse", ldap.BindResponse(), self.directory.bound(asked[1][1].decode(), asked[2][1].decode()))
        elif kind == "search":
            self.search(number, asked)
        elif kind == "extended":
            self.tell(number, "extendedResp", ldap.ExtendedResponse(), 0)
            if self.directory.answers.get("extendedResp", 0) == 0:
                self.request = self.context.wrap_socket(self.request, server_side=True)
        return bool(kind) and not self.directory.noise

    def search(self, number: int, asked: list[tuple[int, bytes]]) -> None:
        base, most, names = asked[0][1].decode().lower(), int.from_bytes(asked[3][1]), {n.decode().lower() for _, n in parts_of(asked[7][1])}
        found = [dn for dn in self.directory.entries if dn.lower().endswith(base) and self.directory.matches(dn, *asked[6])]
        reference = ldap.SearchResultReference()
        reference.extend([ldap.URI("ldap://elsewhere.example.vn/")])
        self.send(number, "searchResRef", reference)
        for dn in found[:most or None]:
            entry = ldap.SearchResultEntry()
            entry["object"] = dn
            for n, (name, values) in enumerate((k, v) for k, v in self.directory.entries[dn].items() if k.lower() in names):
                entry["attributes"][n]["type"] = name
                entry["attributes"][n]["vals"].extend(values)
            self.send(number, "searchResEntry", entry)
        self.tell(number, "searchResDone", ldap.SearchResultDone(), 4 if len(found) > most > 0 else 0)

    def tell(self, number: int, name: str, result: Any, code: int) -> None:
        result["resultCode"] = self.directory.answers.get(name, code)
        result["matchedDN"], result["diagnosticMessage"] = "", ""
        if int(result["resultCode"]) == 10:
            result["referral"].extend([ldap.URI("ldap://elsewhere.example.vn/")])
        self.send(number, name, result)

    def send(self, number: int, name: str, component: Any) -> None:
        told = ldap.LDAPMessage()
        told["messageID"] = number
        told["protocolOp"][name] = component
        self.request.sendall(encoder.encode(told))


@contextmanager
def directory(fake: FakeDirectory, certificate: Path, *, ldaps: bool) -> Iterator[FakeDirectory]:
    """The directory on a free port of loopback, until the block ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    handler = type("Handler", (_Handler,), {"directory": fake, "context": context, "ldaps": ldaps})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.02})
        thread.start()
        fake.port = server.server_address[1]
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()
