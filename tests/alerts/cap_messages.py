"""CAP messages of another issuer, made for tests."""

from dataclasses import replace

from ioc.alerts.cap_in import Ground
from ioc.profiles import load_profile
from tests.profiles import FICTIONAL

SENT = "2026-11-20T15:30:00+07:00"
SQUARE = "-20.30,85.00 -20.30,85.40 -20.00,85.40 -20.00,85.00 -20.30,85.00"
GROUND = Ground(profile=load_profile(FICTIONAL), subjects=lambda _: None, outlined=lambda *_: None)
SOC_TRANG = replace(GROUND, profile=load_profile("soc_trang"))


def area(*inner: str) -> str:
    return f"<area><areaDesc>Ven biển</areaDesc>{''.join(inner)}</area>"


def geocode(code: str, name: str = "GSO") -> str:
    return f"<geocode><valueName>{name}</valueName><value>{code}</value></geocode>"


def info(*inner: str, language: str = "vi-VN", event: str = "Triều cường", severity: str = "Severe", expires: str = "2026-11-22T00:00:00+07:00") -> str:
    end = f"<expires>{expires}</expires>" if expires else ""
    return (f"<info><language>{language}</language><category>Met</category><event>{event}</event><urgency>Expected</urgency>"
            f"<severity>{severity}</severity><certainty>Likely</certainty>{end}<senderName>Đài KTTV</senderName>{''.join(inner)}</info>")


def cap(*infos: str, identifier: str = "BT-1", sent: str = SENT, msg_type: str = "Alert", references: str = "", status: str = "Actual") -> bytes:
    named = f"<references>{references}</references>" if references else ""
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier>'
            f"<sender>kttv@example</sender><sent>{sent}</sent><status>{status}</status><msgType>{msg_type}</msgType><scope>Public</scope>{named}"
            f"{''.join(infos)}</alert>").encode()


def risk(value: str, name: str = "Cấp độ rủi ro thiên tai") -> str:
    return f"<parameter><valueName>{name}</valueName><value>{value}</value></parameter>"
