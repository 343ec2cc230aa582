"""How the parts of a demonstration know its gateway: by what `make up` writes into their environment."""

from __future__ import annotations

import json
import secrets

KEY_ID = "demonstration"
CODE = "demonstration"
SECRET_NAME = "DEMONSTRATION_SMS_SECRET"  # noqa: S105 - a name


def environment(url: str) -> dict[str, str]:
    """For every child: who takes text messages. The secret is of this run only."""
    secret = secrets.token_urlsafe(32)
    entry = {"code": CODE, "url": url, "key_id": KEY_ID, "secret": secret}
    return {"SMS_GATEWAYS": json.dumps([entry]), SECRET_NAME: secret}
