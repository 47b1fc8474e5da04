"""Which packets of a stream are worth decoding: all while each picture is wanted, single ones where a camera is looked at now and then."""

from collections.abc import Callable

BEHIND_S, CAUGHT_UP_S = 2.0, 0.5
CREEP_PER_S = 0.001
"""Two clocks drift apart by less than this: what adds up faster is a queue."""
LEAP_S = 60.0


class Thrift:
    """Decides packet by packet, in their order. Times are seconds: `now_s` of a steady clock, `sent_s` of the stream's own.

    A picture can be decoded alone where it is a key; those between need all since the last key. Where keys come at least as often as pictures are
    wanted, keys are enough, and only as many of them. A reader that falls behind its stream leaps to the next key instead of showing old pictures.
    """

    def __init__(self, beat_s: Callable[[], float]) -> None:
        self._beat_s = beat_s
        self._lag = _Lag()
        self._key_at: float | None = None
        self._gaps: list[float] = []
        self._decoded_at = float("-inf")
        self.alone = False
        """Whether what is wanted now is decoded alone, without what follows."""

    def wanted(self, now_s: float, sent_s: float | None, *, key: bool) -> bool:
        behind = sent_s is not None and self._lag.behind(now_s, sent_s)
        if not key:
            self.alone = self.alone or behind
            return not self.alone
        gap_s = self._gap(now_s)
        self.alone = behind or (gap_s is not None and gap_s <= self._beat_s())
        if self.alone and gap_s is not None and now_s + gap_s / 2 < self._decoded_at + self._beat_s():
            return False
        self._decoded_at = now_s
        return True

    def _gap(self, now_s: float) -> float | None:
        """The longest of the last three times between keys; None = two of them were not seen yet."""
        if self._key_at is not None:
            self._gaps = [*self._gaps[-2:], now_s - self._key_at]
        self._key_at = now_s
        return max(self._gaps) if len(self._gaps) > 1 else None


class _Lag:
    """How much later than usual a stream arrives."""

    def __init__(self) -> None:
        self._usual: float | None = None
        self._asked_at = 0.0
        self._behind = False

    def behind(self, now_s: float, sent_s: float) -> bool:
        late_s = now_s - sent_s
        if self._usual is None or abs(late_s - self._usual) > LEAP_S:  # the first, or the camera's count began anew
            self._usual = late_s
        else:
            self._usual = min(late_s, self._usual + CREEP_PER_S * (now_s - self._asked_at))
        self._asked_at = now_s
        self._behind = late_s - self._usual > (CAUGHT_UP_S if self._behind else BEHIND_S)
        return self._behind
