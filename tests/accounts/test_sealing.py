import base64
import os

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from tongban.accounts.personal import UnreadablePersonalData, is_sealed, seal, unseal
from tongban.accounts.personal.keys import personal_keys

OLD, NEW = os.urandom(32), os.urandom(32)


@given(st.text(), st.text(max_size=40))
def test_what_is_sealed_comes_back_as_it_was(text: str, purpose: str) -> None:
    token = seal(text, purpose)
    assert is_sealed(token)
    assert unseal(token, purpose) == text


def test_a_token_shows_nothing_and_is_never_the_same_twice() -> None:
    first, second = seal("51170219901105123", "p"), seal("51170219901105123", "p")
    assert first != second
    assert "5117" not in first


def test_a_token_does_not_open_in_another_place() -> None:
    with pytest.raises(UnreadablePersonalData):
        unseal(seal("16400000001", "accounts.user.phone"), "accounts.user.id_number")


@given(st.data())
def test_an_altered_token_is_refused_and_never_garbage(data: st.DataObject) -> None:
    token = seal("16400000001", "p")
    head, _, body = token.partition(".")
    raw = bytearray(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    altered = f"{head}.{base64.urlsafe_b64encode(bytes(raw)).decode().rstrip('=')}"
    with pytest.raises(UnreadablePersonalData):
        unseal(altered, "p")


@pytest.mark.parametrize("text", ["", "50010119880312002X", "k1.", "k1.短", "k1.AAAA", "1.AAAA"])
def test_what_was_never_sealed_is_refused(text: str) -> None:
    assert not is_sealed(text)
    with pytest.raises(UnreadablePersonalData):
        unseal(text, "p")


def test_a_token_that_was_cut_short_is_refused() -> None:
    token = seal("16400000001", "p")
    for length in range(len(token) - 1, len(token) - 5, -1):
        with pytest.raises(UnreadablePersonalData):
            unseal(token[:length], "p")


def test_an_older_key_still_opens_what_it_sealed(settings: Settings) -> None:
    settings.PERSONAL_DATA_KEYS = [("2025", OLD)]
    token = seal("刘雪梅", "p")
    settings.PERSONAL_DATA_KEYS = [("2026", NEW), ("2025", OLD)]
    assert unseal(token, "p") == "刘雪梅"
    assert seal("刘雪梅", "p").startswith("k2026.")


def test_without_its_key_a_token_is_unreadable_and_the_message_quotes_no_value(
    settings: Settings,
) -> None:
    settings.PERSONAL_DATA_KEYS = [("2025", OLD)]
    token = seal("16400000001", "p")
    for keys in ([("2026", NEW)], [("2025", NEW)]):
        settings.PERSONAL_DATA_KEYS = keys
        with pytest.raises(UnreadablePersonalData) as refused:
            unseal(token, "p")
        assert token not in str(refused.value)


def test_keys_may_be_given_as_base64(settings: Settings) -> None:
    settings.PERSONAL_DATA_KEYS = {"a": base64.b64encode(OLD).decode(), "b": NEW}
    assert list(personal_keys().items()) == [("a", OLD), ("b", NEW)]


@pytest.mark.parametrize("keys", [[], [("a", b"short")], [("a.b", OLD)], [("a", "not base64")]])
def test_a_broken_key_is_said_at_once(settings: Settings, keys: object) -> None:
    settings.PERSONAL_DATA_KEYS = keys
    with pytest.raises(ImproperlyConfigured):
        seal("x", "p")
