"""The keys of personal data, read from the settings and never from the database.

`settings.PERSONAL_DATA_KEYS` maps a key id (letters, digits, `-`, `_`; at most 16) to 32 bytes, or
to those bytes in base64; a list of such pairs does too. The first one is the newest:
it seals; every one of them opens.
`settings.BLIND_INDEX_KEY` is one separate secret that stays while the others rotate, since an index
that changed would no longer find anybody.
"""

import base64
import binascii
import re
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,16}")


def personal_keys() -> dict[str, bytes]:
    """Key id → 32 bytes, newest first. ImproperlyConfigured when none or one broken."""
    given = getattr(settings, "PERSONAL_DATA_KEYS", None)
    if not given:
        raise ImproperlyConfigured("settings.PERSONAL_DATA_KEYS names no key for personal data.")
    return _checked(tuple(dict(given).items()))


def newest_key() -> tuple[str, bytes]:
    """The (id, key) that seals from now on."""
    return next(iter(personal_keys().items()))


def index_key(purpose: str) -> bytes:
    """The 32-byte key of one purpose's blind index, by HKDF (RFC 5869): no two indexes compare."""
    return _derived(_index_secret(), purpose)


def _index_secret() -> bytes:
    given = getattr(settings, "BLIND_INDEX_KEY", None)
    if not given:
        raise ImproperlyConfigured("settings.BLIND_INDEX_KEY is missing: nobody could be found.")
    return _bytes_of("BLIND_INDEX_KEY", given)


@lru_cache(maxsize=64)
def _derived(secret: bytes, purpose: str) -> bytes:
    info = f"tongban blind index: {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)


@lru_cache(maxsize=8)
def _checked(items: tuple[tuple[str, bytes | str], ...]) -> dict[str, bytes]:
    return {_key_id(name): _bytes_of(f"key {name}", key) for name, key in items}


def _key_id(name: str) -> str:
    if not _KEY_ID.fullmatch(name):
        raise ImproperlyConfigured(f"{name!r} is no key id: letters, digits, - and _, at most 16.")
    return name


def _bytes_of(name: str, given: bytes | str) -> bytes:
    try:
        key = (
            base64.b64decode(given, altchars=b"-_", validate=True)
            if isinstance(given, str)
            else given
        )
    except (binascii.Error, ValueError) as wrong:
        raise ImproperlyConfigured(f"{name} is not base64.") from wrong
    if len(key) < KEY_BYTES:
        raise ImproperlyConfigured(f"{name} has {len(key)} bytes, needs {KEY_BYTES}.")
    return key[:KEY_BYTES]
