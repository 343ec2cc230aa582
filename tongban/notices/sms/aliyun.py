"""A gateway that speaks Alibaba Cloud's SMS API (Dysmsapi 2017-05-25): SendSms, QuerySendDetails.

`OutId` travels with a message and stands in the gateway's books, but a second request with the
same OutId is sent a second time: the API has no idempotency key. So after a request whose answer
did not come, the books are asked first, and the message goes out again only if they don't have it.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import urllib3
from django.utils import timezone
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
)

from tongban.notices.carriers import AskLater, NotSent, RefusedForGood, TryLater, Unreachable

from . import acs
from .gateways import Found, Message, seconds_of

VERSION = "2017-05-25"
MOST_BYTES = 256 * 1024
PAGE = 50
# Nothing was sent: the connection did not come about.
NEVER_SENT = (ConnectTimeoutError, NewConnectionError, NameResolutionError)

# The account or the gateway as a whole: another gateway may well take the message.
OF_THE_GATEWAY = (
    "isv.OUT_OF_SERVICE", "isv.PRODUCT_UN", "isv.ACCOUNT_", "isv.AMOUNT_NOT_ENOUGH",
    "isv.SMS_OVER_LIMIT", "SignatureDoesNotMatch", "InvalidAccessKeyId", "Forbidden",
    "SignatureNonceUsed", "InvalidTimeStamp", "IncompleteSignature", "Throttling",
    "ServiceUnavailable",
)  # fmt: skip
# This phone or this text has had enough for now.
FOR_NOW = ("isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL")
# Its own trouble in the middle of the work: it may have taken the message.
IN_DOUBT = ("isp.", "InternalError")


class _Secured(HTTPSConnection):
    """Tells a handshake that failed, when nothing was sent, from TLS that broke in the answer."""

    def connect(self) -> None:
        try:
            super().connect()
        except ssl.SSLError as error:
            raise NewConnectionError(self, type(error).__name__) from error


class _SecuredPool(HTTPSConnectionPool):
    ConnectionCls = _Secured


def _pool() -> urllib3.PoolManager:
    pool = urllib3.PoolManager(retries=False)
    pool.pool_classes_by_scheme = {"http": HTTPConnectionPool, "https": _SecuredPool}
    return pool


@dataclass(frozen=True, slots=True)
class Aliyun:
    code: str
    url: str
    key_id: str
    secret: str = field(repr=False)
    codes: Mapping[str, str] = field(default_factory=dict)
    seconds: tuple[float, float] = (3, 8)
    # One run's: a handshake for each message would cost more than the message.
    pool: urllib3.PoolManager = field(default_factory=_pool, repr=False, compare=False)

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Aliyun:
        return cls(
            code=entry["code"],
            url=entry["url"].rstrip("/"),
            key_id=entry["key_id"],
            secret=entry["secret"],
            codes=entry.get("codes", {}),
            seconds=seconds_of(entry),
        )

    def send(self, message: Message) -> str:
        said = self._ask(
            "SendSms",
            {
                "PhoneNumbers": message.phone,
                "SignName": message.sign,
                "TemplateCode": self.codes.get(message.code, message.code),
                "TemplateParam": json.dumps(dict(message.values), ensure_ascii=False),
                "OutId": message.out_id,
            },
        )
        return str(said.get("BizId", ""))[:100]

    def find(self, *, out_id: str, phone: str, on: dt.date, reference: str = "") -> Found | None:
        """Asked about that day and those beside it: by the gateway's clock it may be one of them."""
        one = dt.timedelta(days=1)
        for day in (on, on + one, on - one):
            if day <= timezone.localdate() and (
                found := self._found(out_id, phone, day, reference)
            ):
                return found
        return None

    def _found(self, out_id: str, phone: str, day: dt.date, reference: str) -> Found | None:
        asked = {"PhoneNumber": phone, "SendDate": f"{day:%Y%m%d}", "PageSize": str(PAGE)}
        if reference:
            asked["BizId"] = reference
        page = 1
        while True:
            try:
                said = self._ask("QuerySendDetails", {**asked, "CurrentPage": str(page)})
            except Unreachable:
                raise
            except NotSent as error:
                # No answer to a question changes nothing: it is asked again later.
                raise Unreachable(str(error)) from error
            rows = (said.get("SmsSendDetailDTOs") or {}).get("SmsSendDetailDTO") or []
            for row in rows:
                if str(row.get("OutId")) == out_id:
                    return _found_in(row, reference)
            if page * PAGE >= int(said.get("TotalCount") or 0) or not rows:
                return None
            page += 1

    def _ask(self, action: str, given: Mapping[str, str]) -> dict[str, Any]:
        """The answer, if its code is OK. In the body, not the address: that one gets logged."""
        body = "&".join(
            f"{quote(name, safe='~')}={quote(value, safe='~')}"
            for name, value in sorted(given.items())
        ).encode()
        try:
            reply = self.pool.request(
                "POST", f"{self.url}/", body=body, headers=self._headers(action, body),
                redirect=False, preload_content=False, timeout=self._timeout(),
            )  # fmt: skip
            try:
                content = reply.read(MOST_BYTES)
            finally:
                # Read to its end the connection serves the next message; else it is cut.
                reply.release_conn() if reply.length_remaining == 0 else reply.close()
        except NEVER_SENT as error:
            raise Unreachable(f"{self.code}: {type(error).__name__}") from error
        except HTTPError as error:
            raise AskLater(f"{self.code}: {type(error).__name__}") from error
        return self._read(reply.status, content)

    def _timeout(self) -> urllib3.Timeout:
        connect, read = self.seconds
        return urllib3.Timeout(connect=connect, read=read)

    def _headers(self, action: str, body: bytes) -> dict[str, str]:
        headers = {
            "host": urlsplit(self.url).netloc,
            "content-type": "application/x-www-form-urlencoded",
            "x-acs-action": action,
            "x-acs-version": VERSION,
            "x-acs-date": f"{timezone.now().astimezone(dt.UTC):{acs.DATE}}",
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-content-sha256": acs.sha256(body),
        }
        signed, mark = acs.signature(
            self.secret, method="POST", path="/", query="", headers=headers, body=body
        )
        return {**headers, "Authorization": acs.authorization(self.key_id, signed, mark)}

    def _read(self, status: int, content: bytes) -> dict[str, Any]:
        try:
            said = json.loads(content)
        except ValueError:
            said = None
        if not isinstance(said, dict) or not isinstance(said.get("Code"), str):
            # A proxy's error page: whoever stands behind it may have the message all the same.
            raise AskLater(f"{self.code}: HTTP {status} 且没有可读的答复")
        answer: dict[str, Any] = said
        if answer["Code"] == "OK":
            return answer
        raise _meaning(answer["Code"])(f"{self.code}: {answer['Code']} {answer.get('Message', '')}")


def _meaning(code: str) -> type[NotSent]:
    """What an error code says about the message; an answer of any kind but doubt: not taken."""
    if code.startswith(OF_THE_GATEWAY):
        return Unreachable
    if code.startswith(FOR_NOW):
        return TryLater
    if code.startswith(IN_DOUBT):
        return AskLater
    return RefusedForGood


def _found_in(row: Mapping[str, Any], reference: str) -> Found:
    """SendStatus 1: no receipt yet, 2: not arrived, 3: arrived."""
    status = int(row.get("SendStatus") or 1)
    return Found(
        reference=reference,
        has_arrived={2: False, 3: True}.get(status),
        code=str(row.get("ErrCode") or "")[:60],
        at=_moment(row.get("ReceiveDate")),
    )


def _moment(text: object) -> dt.datetime | None:
    """`2026-11-21 20:30:00`, Shanghai's clock."""
    try:
        naive = dt.datetime.strptime(str(text), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
    except ValueError:
        return None
    return timezone.make_aware(naive)
