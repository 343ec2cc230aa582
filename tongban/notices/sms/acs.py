"""ACS3-HMAC-SHA256: how requests to Alibaba Cloud's APIs are signed (signature method V3).

https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

ALGORITHM = "ACS3-HMAC-SHA256"
DATE = "%Y-%m-%dT%H:%M:%SZ"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def signature(
    secret: str,
    *,
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
) -> tuple[str, str]:
    """(names of the signed headers, hex signature) over the given headers, all of them."""
    lowered = {name.lower(): value.strip() for name, value in headers.items()}
    names = sorted(lowered)
    signed = ";".join(names)
    canonical = "\n".join(
        [
            method,
            path,
            query,
            "".join(f"{name}:{lowered[name]}\n" for name in names),
            signed,
            sha256(body),
        ]
    )
    text = f"{ALGORITHM}\n{sha256(canonical.encode())}"
    return signed, hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def authorization(key_id: str, signed: str, mark: str) -> str:
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={signed},Signature={mark}"


def parts_of(header: str) -> dict[str, str]:
    """Credential, SignedHeaders and Signature of an Authorization header; {} for any other."""
    kind, _, rest = header.partition(" ")
    if kind != ALGORITHM:
        return {}
    return dict(part.strip().partition("=")[::2] for part in rest.split(","))
