import os

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from tongban.accounts.personal import blind_index


@pytest.mark.parametrize(
    ("purpose", "one", "other"),
    [
        ("id_number", "50010119880312002X", " 500101 19880312 002x"),
        ("id_number", "50010119880312002X", "５００１０１19880312002ｘ"),
        ("phone", "16400000001", "+86 164-0000-0001"),
        ("phone", "16400000001", "0086(164)0000 0001"),
        ("bank_card", "6222000000000000", "6222 0000 0000 0000"),
        ("email", "Liu@Example.com ", "liu@example.com"),
    ],
)
def test_two_spellings_of_one_value_have_one_index(purpose: str, one: str, other: str) -> None:
    assert blind_index(one, purpose) == blind_index(other, purpose)


@given(st.integers(10**10, 10**11 - 1), st.integers(10**10, 10**11 - 1))
def test_different_phones_have_different_indexes(one: int, other: int) -> None:
    same = blind_index(str(one), "phone") == blind_index(str(other), "phone")
    assert same == (one == other)


def test_the_same_digits_for_another_purpose_have_another_index() -> None:
    assert blind_index("16400000001", "phone") != blind_index("16400000001", "id_number")


def test_the_index_is_64_hex_characters_and_empty_for_nothing() -> None:
    assert len(bytes.fromhex(blind_index("16400000001", "phone"))) == 32
    assert blind_index(" - ", "phone") == ""


def test_another_site_has_other_indexes(settings: Settings) -> None:
    here = blind_index("16400000001", "phone")
    settings.BLIND_INDEX_KEY = os.urandom(32)
    assert blind_index("16400000001", "phone") != here


def test_rotating_the_keys_of_personal_data_keeps_the_index(settings: Settings) -> None:
    before = blind_index("16400000001", "phone")
    settings.PERSONAL_DATA_KEYS = [("new", os.urandom(32))]
    assert blind_index("16400000001", "phone") == before


def test_a_missing_key_is_said_at_once(settings: Settings) -> None:
    settings.BLIND_INDEX_KEY = b""
    with pytest.raises(ImproperlyConfigured):
        blind_index("16400000001", "phone")
