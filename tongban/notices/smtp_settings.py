"""Where the mail server is, read from the environment; nothing there means no e-mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Scheme of EMAIL_URL: (STARTTLS, TLS from the first byte, usual port).
SCHEMES = {
    "smtp": (False, False, 25),
    "smtp+tls": (True, False, 587),
    "smtps": (False, True, 465),
}


class BadEmailUrl(ImproperlyConfigured):
    """EMAIL_URL can't be read; the sentence says what would be right."""


@dataclass(frozen=True)
class SmtpSettings:
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False


def smtp_settings(environ: Mapping[str, str]) -> SmtpSettings:
    """From EMAIL_URL (``smtp+tls://user:password@host:587``), else from EMAIL_HOST and its kin."""
    if environ.get("EMAIL_URL"):
        return from_url(environ["EMAIL_URL"])
    tls = environ.get("EMAIL_USE_SSL", "0") == "1"
    starttls = environ.get("EMAIL_USE_TLS", "0") == "1"
    return SmtpSettings(
        host=environ.get("EMAIL_HOST", ""),
        port=int(environ.get("EMAIL_PORT") or (465 if tls else 587 if starttls else 25)),
        user=environ.get("EMAIL_HOST_USER", ""),
        password=environ.get("EMAIL_HOST_PASSWORD", ""),
        starttls=starttls,
        tls=tls,
    )


def from_url(url: str) -> SmtpSettings:
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.hostname:
        # The URL itself holds a password and is not repeated.
        raise BadEmailUrl("EMAIL_URL must look like smtp://host:25, smtp+tls://… or smtps://…")
    starttls, tls, usual_port = SCHEMES[parts.scheme]
    return SmtpSettings(
        host=parts.hostname,
        port=parts.port or usual_port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=starttls,
        tls=tls,
    )
