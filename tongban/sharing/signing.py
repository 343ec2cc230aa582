"""Signatures between this site and a province's platform, over both the question and the answer.

Signed is, line by line: method, path, key id, timestamp (seconds of Unix time), nonce, and the hex
digest of the body; an answer is signed likewise with its status in the place of the method and the
question's nonce, so that the answer to another question is no answer. The digest is that of the
algorithm: HMAC-SHA256, or HMAC-SM3 (GB/T 32905) where a platform wants the national one.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

Algorithm = Literal["HMAC-SHA256", "HMAC-SM3"]
# How far two clocks may be apart; a nonce must be remembered for twice as long.
WINDOW_SECONDS = 300


class BadSignature(Exception):
    """Altered, signed by somebody else, too old, or heard before; the text says which."""


@dataclass(frozen=True, slots=True)
class Key:
    id: str
    secret: bytes
    algorithm: Algorithm = "HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Signed:
    """What travels in the headers beside a body."""

    timestamp: int
    nonce: str
    signature: str


def sign(key: Key, *, act: str, path: str, body: bytes, timestamp: int, nonce: str) -> Signed:
    """act: the method of a question, the status of an answer."""
    digest = _hash(key.algorithm, body)
    text = "\n".join([act, path, key.id, str(timestamp), nonce, digest])
    return Signed(timestamp, nonce, _mac(key, text.encode()))


def verify(
    key: Key,
    signed: Signed,
    *,
    act: str,
    path: str,
    body: bytes,
    now: float,
    is_new: Callable[[str], bool] = lambda _nonce: True,
) -> None:
    """Raises BadSignature. `is_new` remembers a nonce and says whether it was unheard of till now."""
    if abs(now - signed.timestamp) > WINDOW_SECONDS:
        raise BadSignature("the timestamp is outside the window")
    expected = sign(
        key, act=act, path=path, body=body, timestamp=signed.timestamp, nonce=signed.nonce
    )
    if not hmac.compare_digest(expected.signature.encode(), signed.signature.encode()):
        raise BadSignature("the signature does not fit")
    # Last: a stranger must not be able to use up nonces.
    if not is_new(signed.nonce):
        raise BadSignature("this nonce was used before")


def _hash(algorithm: Algorithm, body: bytes) -> str:
    digest = hashes.Hash(_algorithm(algorithm))
    digest.update(body)
    return digest.finalize().hex()


def _mac(key: Key, text: bytes) -> str:
    mac = HMAC(key.secret, _algorithm(key.algorithm))
    mac.update(text)
    return mac.finalize().hex()


def _algorithm(name: Algorithm) -> hashes.HashAlgorithm:
    return hashes.SM3() if name == "HMAC-SM3" else hashes.SHA256()
