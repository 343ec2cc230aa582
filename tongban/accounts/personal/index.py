"""The blind index: find a person by ID number or phone without being able to read either."""

import hmac
import re
import unicodedata

from .keys import index_key

_NOT_A_DIGIT = re.compile(r"[^0-9]")
_NOT_ID = re.compile(r"[^0-9A-Z]")
_COUNTRY_CODE = re.compile(r"^(?:0086|86)(?=1[0-9]{10}$)")


def blind_index(value: str, purpose: str) -> str:
    """64 hex characters of HMAC-SHA256; equal for two spellings of one value, "" for an empty one.

    `purpose` is "id_number", "phone", "bank_card", "email" or a name of your own; it chooses how
    the value is normalised, and the same value has another index under another purpose.
    """
    plain = normalised(value, purpose)
    return hmac.digest(index_key(purpose), plain.encode(), "sha256").hex() if plain else ""


def normalised(value: str, purpose: str) -> str:
    """One spelling of `value`: no full-width forms, spaces or dashes; X upper, +86 dropped."""
    text = unicodedata.normalize("NFKC", value).strip()
    if purpose == "phone":
        return _COUNTRY_CODE.sub("", _NOT_A_DIGIT.sub("", text))
    if purpose == "bank_card":
        return _NOT_A_DIGIT.sub("", text)
    if purpose == "id_number":
        return _NOT_ID.sub("", text.upper())
    return "".join(text.split()).casefold()
