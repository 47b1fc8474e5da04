"""How this process proves itself to the broker, and the broker to it; and what a refusal means."""

import ssl
from ipaddress import ip_address
from typing import Any, Final

from ioc.errors import ConfigurationError
from ioc.settings import Settings, secret

SECURITIES: Final = ("PLAINTEXT", "SSL", "SASL_SSL", "SASL_PLAINTEXT")
MECHANISMS: Final = ("SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN")
_NAMED: Final = ("user", "password_file", "ca", "certificate", "key")


def security_options(settings: Settings) -> dict[str, Any]:
    """What a client of kafka-python is told; secrets are read anew for each.

    Raises:
        ConfigurationError: settings that contradict each other, a file that is missing, or a password that would go over a network in the clear.

    """
    _check(settings)
    options: dict[str, Any] = {"security_protocol": settings.kafka_security}
    if settings.kafka_security.endswith("SSL"):
        options["ssl_context"] = tls(settings)
    if settings.kafka_security.startswith("SASL"):
        options |= {"sasl_mechanism": settings.kafka_mechanism, "sasl_plain_username": settings.kafka_user,
                    "sasl_plain_password": secret("IOC_KAFKA_PASSWORD_FILE", settings.kafka_password_file)}
    return options


def _check(settings: Settings) -> None:
    security = settings.kafka_security
    if security not in SECURITIES:
        raise ConfigurationError(f"IOC_KAFKA_SECURITY is '{security}': it must be {', '.join(SECURITIES[:-1])} or {SECURITIES[-1]}")
    for name in _NAMED:
        belongs = security.startswith("SASL") if name in {"user", "password_file"} else security.endswith("SSL")
        if getattr(settings, f"kafka_{name}") and not belongs:
            raise ConfigurationError(f"IOC_KAFKA_{name.upper()} is set, which means nothing with IOC_KAFKA_SECURITY={security}: set SASL_SSL, or SSL "
                                     "with a certificate alone")
    if security.startswith("SASL"):
        _check_user(settings)
    if settings.kafka_key and not settings.kafka_certificate:
        raise ConfigurationError("IOC_KAFKA_KEY is set and IOC_KAFKA_CERTIFICATE is not: name the certificate that the key belongs to")


def _check_user(settings: Settings) -> None:
    if not settings.kafka_user or not settings.kafka_password_file:
        raise ConfigurationError(f"IOC_KAFKA_SECURITY={settings.kafka_security} needs IOC_KAFKA_USER and IOC_KAFKA_PASSWORD_FILE: set both")
    if settings.kafka_mechanism not in MECHANISMS:
        raise ConfigurationError(f"IOC_KAFKA_MECHANISM is '{settings.kafka_mechanism}': it must be {', '.join(MECHANISMS[:-1])} or {MECHANISMS[-1]}")
    if far := [host for host, _ in servers(settings) if settings.kafka_security == "SASL_PLAINTEXT" and not _is_loopback(host)]:
        raise ConfigurationError(f"IOC_KAFKA_SECURITY=SASL_PLAINTEXT would send what {settings.kafka_user} is proved by, and every event, to "
                                 f"{far[0]} in the clear: set SASL_SSL (SASL_PLAINTEXT is for this machine alone)")


def tls(settings: Settings) -> ssl.SSLContext:
    """TLS 1.2 or newer; the broker's certificate and name are always verified.

    Raises:
        ConfigurationError: a file that cannot be read, or does not hold what it should.

    """
    variable, file = "IOC_KAFKA_CA", settings.kafka_ca
    try:
        context = ssl.create_default_context(cafile=settings.kafka_ca or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if settings.kafka_certificate:
            variable, file = "IOC_KAFKA_CERTIFICATE", settings.kafka_certificate
            context.load_cert_chain(settings.kafka_certificate, settings.kafka_key or None, password=_no_password)
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        reason = error.strerror if isinstance(error, OSError) and error.strerror and not isinstance(error, ssl.SSLError) else error
        raise ConfigurationError(f"{variable}: {file} cannot be used ({reason}): it must be a PEM file that this process can read") from None
    return context


def _no_password() -> str:
    raise ValueError("its key is encrypted: give one without a password, readable by this process alone")


def servers(settings: Settings) -> list[tuple[str, int]]:
    """(host, port) of IOC_KAFKA."""
    found: list[tuple[str, int]] = []
    for server in settings.kafka.split(","):
        host, _, port = server.strip().rpartition(":")
        if not host or not port.isdecimal():
            raise ConfigurationError(f"IOC_KAFKA has '{server.strip()}': it must be host:port[,host:port]")
        found.append((host.strip("[]"), int(port)))
    return found


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def verdict(settings: Settings, error: Exception) -> str:
    """What an error of the broker means here and what to do about it; '' = it is none about rights."""
    user = settings.kafka_user or "without a name"
    allow = "let the broker's administrator give it the right (docs/security.md, Kafka)"
    match type(error).__name__:
        case "SaslAuthenticationFailedError":
            return unknown_user(settings)
        case "UnsupportedSaslMechanismError":
            return f"the broker does not offer IOC_KAFKA_MECHANISM={settings.kafka_mechanism}: set one that it offers"
        case "TopicAuthorizationFailedError":
            return f"the user {user} may not use {_topics(error)} so: {allow}"
        case "GroupAuthorizationFailedError":
            return f"the user {user} may not read in the group {settings.group}: {allow}, or set IOC_GROUP"
        case "ClusterAuthorizationFailedError":
            return f"the user {user} may not do this at the broker: {allow}"
    return ""


def unknown_user(settings: Settings) -> str:
    """What a wrong password means, or a user that the broker never heard of; it does not say which."""
    return (f"the broker does not know the user {settings.kafka_user} by the password in {settings.kafka_password_file}: mend the file, or set the "
            "user's password at the broker")


def _topics(error: Exception) -> str:
    told = error.args[0] if error.args else ""
    if isinstance(told, set | frozenset | list | tuple):
        return ", ".join(sorted(map(str, told)))
    return told if isinstance(told, str) and told and " " not in told else "the topic"
