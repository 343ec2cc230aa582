"""Sealing: AES-256-GCM under the newest key, bound to the place where the value lives.

A sealed value is the text `k<key id>.<base64url of nonce, ciphertext and tag>`. The place
("purpose") is authenticated: a token copied into another column does not open there.
"""

import base64
import binascii
import os
import re
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .keys import newest_key, personal_keys

_NONCE_BYTES = 12  # NIST SP 800-38D: 96 bits, drawn afresh for every value
# Nonce (12) and tag (16) alone make 38 characters.
TOKEN_PATTERN = r"k[A-Za-z0-9_-]{1,16}\.[A-Za-z0-9_-]{38,}"  # noqa: S105
_TOKEN = re.compile(TOKEN_PATTERN)


class UnreadablePersonalData(Exception):
    """A sealed value cannot be opened: its key is gone, it was moved or it was altered."""


def seal(text: str, purpose: str) -> str:
    """`text` as a token that opens for the same `purpose` only (a place: "accounts.user.phone")."""
    key_id, key = newest_key()
    nonce = os.urandom(_NONCE_BYTES)
    sealed = nonce + _cipher(key).encrypt(nonce, text.encode(), purpose.encode())
    return f"k{key_id}.{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"


def unseal(token: str, purpose: str) -> str:
    """The text inside a token of `seal`. Raises UnreadablePersonalData, never quoting the value."""
    if not is_sealed(token):
        raise UnreadablePersonalData(f"{purpose}: the value is not sealed.")
    key_id = key_id_of(token)
    key = personal_keys().get(key_id)
    if key is None:
        raise UnreadablePersonalData(f"{purpose}: key {key_id} is not among the keys of this site.")
    sealed = _bytes_of(token, purpose)
    try:
        plain = _cipher(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose.encode())
    except InvalidTag:
        raise UnreadablePersonalData(f"{purpose}: altered, or sealed for another place.") from None
    return plain.decode()


def is_sealed(value: object) -> bool:
    """Whether `value` has the shape of a token; says nothing about whether it opens."""
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def key_id_of(token: str) -> str:
    """The id of the key under which `token` was sealed."""
    return token[1:].partition(".")[0]


def _bytes_of(token: str, purpose: str) -> bytes:
    body = token.partition(".")[2]
    try:
        return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except binascii.Error:
        raise UnreadablePersonalData(f"{purpose}: the token is cut short.") from None


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)
