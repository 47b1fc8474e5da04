"""Receipt codes and words: found however they are typed, known to nobody without the keys."""

import pytest

from ioc.people.seals import Seals
from ioc.reports.receipts import digest_of, receipt_of
from ioc.reports.terms import digests, words_of

SEALS, OTHERS = Seals([b"k" * 32]), Seals([b"o" * 32])


def test_receipt_is_the_same_again_and_another_for_each_report_and_each_centre() -> None:
    codes = [receipt_of(SEALS, "PA-1"), receipt_of(SEALS, "PA-2"), receipt_of(OTHERS, "PA-1")]
    assert codes[0] == receipt_of(SEALS, "PA-1")
    assert len(set(codes)) == len(codes)


def test_receipt_is_found_however_it_is_typed() -> None:
    code = receipt_of(SEALS, "PA-1")
    alike = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert digest_of(alike) == digest_of(code) is not None


@pytest.mark.parametrize("text", ["", "7K3M", "7K3M-9QXT-V2H!", "7K3M-9QXT-V2HD-1", "'; drop table"])
def test_what_is_no_receipt_is_none(text: str) -> None:
    assert digest_of(text) is None


def test_words_are_compared_without_accents_and_fillers() -> None:
    assert words_of("Ổ gà rất SÂU ở đường Hùng Vương") == {"ga", "sau", "duong", "hung", "vuong"}
    assert digests(SEALS, words_of("đường HÙNG VƯƠNG")) == digests(SEALS, words_of("duong hung vuong"))


def test_digests_of_words_are_the_keys_own() -> None:
    assert not set(digests(SEALS, words_of("duong hung vuong"))) & set(digests(OTHERS, words_of("duong hung vuong")))
