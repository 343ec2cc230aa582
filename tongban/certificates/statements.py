"""What an issuer states of a certificate, and its signature under it.

The statement goes as fields of a look-up's answer, so that every connector can carry it, and is
signed by Ed25519 over its canonical JSON together with whom and which register it was asked of: a
statement about somebody else does not verify. Public keys: `settings.CERTIFICATE_KEYS`, by province. A
demonstration's register signs with a key derived from the site's own secret.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

FIELDS = ("number", "issuer", "valid_from", "valid_to", "status")
SIGNATURE = "signature"
STATUSES = ("valid", "suspended", "revoked")


class Untrusted(Exception):
    """Not signed by who should have signed, or nothing that can be understood; the text is for people."""


@dataclass(frozen=True, slots=True)
class Statement:
    """valid_to None: for good. text: what was signed."""

    number: str
    issuer: str
    valid_from: dt.date
    valid_to: dt.date | None
    status: str
    text: str
    signature: str


def text_of(resource: str, id_number: str, fields: Mapping[str, str]) -> str:
    """What is signed."""
    said = {name: fields.get(name, "") for name in FIELDS}
    whole = {"resource": resource, "id_number": id_number.upper(), **said}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(
    *,
    resource: str,
    province: str,
    id_number: str,
    fields: Mapping[str, str],
    is_own_register: bool,
) -> Statement:
    """The statement, once its signature is the issuer's. Raises Untrusted.

    is_own_register: it came out of the register in the database, not over a province's connector.
    """
    text, signature = text_of(resource, id_number, fields), fields.get(SIGNATURE, "")
    key = _public_key(province, is_own_register=is_own_register)
    try:
        key.verify(base64.b64decode(signature, validate=True), text.encode())
    except (InvalidSignature, ValueError) as bad:
        raise Untrusted("签发机关的签名不正确，未采用") from bad
    try:
        return Statement(
            number=_filled(fields["number"]),
            issuer=_filled(fields["issuer"]),
            valid_from=dt.date.fromisoformat(fields["valid_from"]),
            valid_to=dt.date.fromisoformat(v) if (v := fields.get("valid_to", "")) else None,
            status=STATUSES[STATUSES.index(fields["status"])],
            text=text,
            signature=signature,
        )
    except (KeyError, ValueError) as bad:
        raise Untrusted("签发机关返回的证照信息不完整，未采用") from bad


def sign_for_demonstration(resource: str, id_number: str, fields: Mapping[str, str]) -> str:
    text = text_of(resource, id_number, fields)
    return base64.b64encode(_own_key().sign(text.encode())).decode()


def _public_key(province: str, *, is_own_register: bool) -> Ed25519PublicKey:
    if is_own_register:
        return _own_key().public_key()
    try:
        known = base64.b64decode(settings.CERTIFICATE_KEYS[province], validate=True)
        return Ed25519PublicKey.from_public_bytes(known)
    except (KeyError, ValueError) as missing:
        raise Untrusted("没有签发机关的验签公钥，未采用") from missing


def _own_key() -> Ed25519PrivateKey:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"tongban.certificates").derive(
        str(settings.SECRET_KEY).encode()
    )
    return Ed25519PrivateKey.from_private_bytes(derived)


def public_bytes(key: Ed25519PublicKey) -> str:
    """As `settings.CERTIFICATE_KEYS` wants it."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("empty")
    return text
