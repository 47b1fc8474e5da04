"""Words, numbers and moments as a reader expects them: Vietnamese first, English by switch.

Texts in the code are Vietnamese; locales/<language>.po translates them. Read at start, so no compiled file can be stale.
"""

from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO
from unicodedata import normalize

from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from ioc.clock import LOCAL
from ioc.errors import ConfigurationError

LANGUAGES = ("vi", "en")
NONE = "—"
SMALL_SAMPLE = 30
_ALPHABET = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = "\u0300\u0309\u0303\u0301\u0323"


@cache
def words(language: str) -> "Words":
    """Words of a language.

    Raises:
        ConfigurationError: a language that has no translations.

    """
    if language not in LANGUAGES:
        raise ConfigurationError(f"no translations for '{language}': known are {', '.join(LANGUAGES)}")
    return Words(language)


@cache
def _translations(language: str) -> dict[str, str]:
    if language == "vi":
        return {}
    text = resources.files("ioc").joinpath("locales", f"{language}.po").read_bytes()
    return {str(m.id): str(m.string) for m in read_po(BytesIO(text)) if m.id and m.string}


class Words:
    """Texts and formats of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = _translations(language)

    def __call__(self, text: str, **values: object) -> str:
        """Translate a text and fill its {named} places."""
        found = self._texts.get(text, text)
        return found.format(**values) if values else found

    def number(self, value: float | None, decimals: int = 0) -> str:
        """A number with grouping: 605.859 in Vietnamese, 605,859 in English; a dash for none."""
        if value is None:
            return NONE
        return _grouped(value, decimals, self.language)

    def share(self, numerator: float | None, denominator: float | None) -> str:
        """A rate with two decimals, half up: never 100% while something is missing, never 0% while there is something.

        Under 30 cases it says counts ("1 / 2"): a percentage of so few misleads.
        """
        if numerator is None or not denominator:
            return NONE
        if denominator < SMALL_SAMPLE:
            return f"{self.number(numerator)} / {self.number(denominator)}"
        percent = _rounded(Decimal(str(numerator)) * 100 / Decimal(str(denominator)), 2)
        if percent >= 100 and numerator < denominator:
            percent = Decimal("99.99")
        if percent <= 0 < numerator:
            percent = Decimal("0.01")
        return f"{format_decimal(percent, format='#,##0.00', locale=self.language)}%"

    def span(self, seconds: float | None) -> str:
        """How long something lasts, in the largest unit that still says enough: 1,4 giây, 85 phút, 16 giờ, 3 ngày."""
        if seconds is None:
            return NONE
        if seconds < 90:
            return self("{n} giây", n=self.number(seconds, 0 if seconds >= 10 or seconds == round(seconds) else 1))
        if seconds < 5400:  # an hour and a half: below it minutes say more
            return self("{n} phút", n=self.number(seconds // 60))
        if seconds < 172_800:
            return self("{n} giờ", n=self.number(seconds // 3600))
        return self("{n} ngày", n=self.number(seconds // 86_400))

    def day(self, day: date) -> str:
        """21/11, the same in both languages of a Vietnamese wall."""
        return day.strftime("%d/%m")

    def weekday(self, number: int) -> str:
        """T2 for Monday, 0, to CN for Sunday, 6: as short as a row's name on a wall must be."""
        return (self("T2"), self("T3"), self("T4"), self("T5"), self("T6"), self("T7"), self("CN"))[number]

    def time(self, at: datetime | None) -> str:
        """14:05 local."""
        return NONE if at is None else at.astimezone(LOCAL).strftime("%H:%M")

    def minute(self, at: datetime | None) -> str:
        """Local day and time without seconds: 21/11/2026 14:05."""
        return NONE if at is None else f"{at.astimezone(LOCAL):%d/%m/%Y %H:%M}"

    def moment(self, at: datetime | None) -> str:
        """14:05:03 on a day in full: 14:05:03 21/11/2026."""
        if at is None:
            return NONE
        local = at.astimezone(LOCAL)
        if local.time() == time():  # midnight closes the day that ends
            return f"24:00:00 {(local - timedelta(days=1)).strftime('%d/%m/%Y')}"
        return local.strftime("%H:%M:%S %d/%m/%Y")


def order(text: str) -> tuple[list[int], list[int], str]:
    """Sorting key of a Vietnamese name: letters in the alphabet's order (a ă â b c d đ …), then tones (none, huyền, hỏi, ngã, sắc, nặng)."""
    letters, tones = [], []
    for letter in normalize("NFC", text.casefold()):
        parts = normalize("NFD", letter)
        base = normalize("NFC", "".join(p for p in parts if p not in _TONES))
        letters.append(_ALPHABET.find(base) if base in _ALPHABET else len(_ALPHABET) + ord(base[:1] or " ") if base.isalpha() else -1)
        tones.append(next((_TONES.index(p) + 1 for p in parts if p in _TONES), 0))
    return letters, tones, text


@lru_cache(maxsize=1 << 15)
def _grouped(value: float, decimals: int, language: str) -> str:
    """Kept, since it costs a tenth of a millisecond, and most figures of a panel are those of a second ago."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(_rounded(Decimal(str(value)), decimals), format=pattern, locale=language))


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def unix(at: datetime | None) -> float | None:
    """Unix seconds of a moment, for the browser."""
    return None if at is None else (at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
