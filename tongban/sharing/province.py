"""A province's platform, asked over HTTPS with signed questions; its answers must be signed too."""

from __future__ import annotations

import json
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import urllib3
from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from .connectors import Answer, Question, Refusal, Unreachable
from .signing import BadSignature, Key, Signed, sign, verify

PATH = "/lookups"
MOST_BYTES = 64 * 1024
# A person waits for it: two tries, and no more than these seconds for each.
CONNECT_SECONDS, READ_SECONDS, TRIES = 2.0, 3.0, 2
# Between two tries, at random, so that a thousand waiting sites don't come back in one moment.
LEAST_PAUSE, MOST_PAUSE = 0.05, 0.4
REFUSED = 403

Word = Annotated[str, StringConstraints(max_length=500)]


@dataclass(frozen=True, slots=True)
class PlatformSettings:
    """One entry of `settings.SHARING_CONNECTORS`.

    ca: file of the authority whose certificates are believed; None: the system's. pin: SHA-256 of the
    one certificate that is believed besides.
    """

    url: str
    key: Key
    ca: str | None = None
    pin: str | None = None
    connect_seconds: float = CONNECT_SECONDS
    read_seconds: float = READ_SECONDS
    tries: int = TRIES


def settings_of(code: str) -> PlatformSettings:
    """As `connector_settings` has checked them at the start. Raises KeyError for an unknown code."""
    given = settings.SHARING_CONNECTORS[code]
    return PlatformSettings(
        url=given["url"].rstrip("/"),
        key=Key(given["key_id"], given["secret"].encode(), given.get("algorithm", "HMAC-SHA256")),
        ca=given.get("ca"),
        pin=given.get("pin"),
        connect_seconds=float(given.get("connect_seconds", CONNECT_SECONDS)),
        read_seconds=float(given.get("read_seconds", READ_SECONDS)),
        tries=int(given.get("tries", TRIES)),
    )


class Said(BaseModel):
    """What a platform says. Anything else is no answer."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    id: str
    found: bool
    questions: dict[str, bool] = Field(default_factory=dict)
    fields: dict[str, Word] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Platform:
    """`ask` may be repeated: the question's id tells the platform that it is the same one."""

    given: PlatformSettings
    clock: Callable[[], float] = time.time
    pause: Callable[[float], None] = time.sleep

    def ask(self, question: Question) -> Answer:
        """Raises Unreachable after the last try, Refusal at once."""
        body = json.dumps(_asked(question), ensure_ascii=False, sort_keys=True).encode()
        with self._pool() as pool:
            for left in reversed(range(self.given.tries)):
                try:
                    return self._once(pool, question, body)
                except Unreachable:
                    if left == 0:
                        raise
                self.pause(random.uniform(LEAST_PAUSE, MOST_PAUSE))  # noqa: S311
        raise Unreachable("没有尝试")

    def _pool(self) -> urllib3.PoolManager:
        return urllib3.PoolManager(
            cert_reqs="CERT_REQUIRED",
            ca_certs=self.given.ca,
            assert_fingerprint=self.given.pin,
            timeout=urllib3.Timeout(
                connect=self.given.connect_seconds, read=self.given.read_seconds
            ),
            # Each try is signed anew with its own nonce: the library must not repeat one by itself.
            retries=False,
        )

    def _once(self, pool: urllib3.PoolManager, question: Question, body: bytes) -> Answer:
        signed = sign(
            self.given.key,
            act="POST",
            path=PATH,
            body=body,
            timestamp=int(self.clock()),
            nonce=secrets.token_hex(16),
        )
        headers = headers_of(self.given.key.id, signed) | {"Content-Type": "application/json"}
        deadline = time.monotonic() + self.given.connect_seconds + self.given.read_seconds
        try:
            reply = pool.request(
                "POST",
                self.given.url + PATH,
                body=body,
                headers=headers,
                redirect=False,
                preload_content=False,
            )
            try:
                content = _read(reply, deadline)
            finally:
                reply.close()
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(_why(error)) from error
        self._believe(reply, content, signed.nonce)
        return _answer(question, reply.status, content)

    def _believe(self, reply: urllib3.BaseHTTPResponse, content: bytes, nonce: str) -> None:
        """Before a word of it is read. A gateway's error page is not signed, and says nothing."""
        if reply.status not in (200, REFUSED):
            raise Unreachable(f"对方系统返回 {reply.status}")
        try:
            verify(
                self.given.key,
                signed_in(reply.headers, nonce),
                act=str(reply.status),
                path=PATH,
                body=content,
                now=self.clock(),
            )
        except BadSignature as bad:
            raise Unreachable("对方系统的签名不正确") from bad


def headers_of(key_id: str, signed: Signed) -> dict[str, str]:
    return {
        "X-Key-Id": key_id,
        "X-Timestamp": str(signed.timestamp),
        "X-Nonce": signed.nonce,
        "X-Signature": signed.signature,
    }


def signed_in(headers: urllib3.HTTPHeaderDict, nonce: str) -> Signed:
    """The signature of an answer, read as being for that question. Raises BadSignature."""
    stamp = headers.get("X-Timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
        raise BadSignature("there is no timestamp")
    return Signed(int(stamp), nonce, headers.get("X-Signature", ""))


def _asked(question: Question) -> dict[str, object]:
    return {
        "id": str(question.id),
        "resource": question.resource,
        "person": {"name": question.person_name, "id_number": question.id_number},
        "questions": list(question.questions),
        "fields": list(question.fields),
        "office": question.office,
        "item": question.item,
        "ground": question.ground,
    }


def _read(reply: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    """The body. A platform that trickles byte by byte is as good as down."""
    content = b""
    while chunk := reply.read(8192):
        content += chunk
        if len(content) > MOST_BYTES:
            raise Unreachable("对方系统返回的内容过大")
        if time.monotonic() > deadline:
            raise Unreachable("对方系统在规定时间内没有答复")
    return content


def _answer(question: Question, status: int, content: bytes) -> Answer:
    try:
        if status == REFUSED:
            raise Refusal(str(json.loads(content).get("reason", ""))[:200] or "对方未说明原因")
        said = Said.model_validate_json(content)
    except (ValueError, AttributeError, ValidationError) as error:
        raise Unreachable("对方系统返回的内容无法识别") from error
    if said.id != str(question.id):
        raise Unreachable("对方系统答复的不是这次查询")
    if not said.found:
        return Answer(found=False)
    if missing := set(question.questions) - said.questions.keys():
        raise Unreachable(f"对方系统没有回答 {len(missing)} 个问题")
    # What was not asked for is not taken.
    return Answer(
        found=True,
        questions={code: said.questions[code] for code in question.questions},
        fields={code: said.fields[code] for code in question.fields if code in said.fields},
    )


def _why(error: urllib3.exceptions.HTTPError) -> str:
    # A refused connection is a kind of time-out to this library.
    is_refused = isinstance(error, urllib3.exceptions.NewConnectionError)
    if isinstance(error, urllib3.exceptions.TimeoutError) and not is_refused:
        return "对方系统在规定时间内没有答复"
    if isinstance(error, urllib3.exceptions.SSLError):
        return "对方系统的证书不可信"
    return "无法连接对方系统"
