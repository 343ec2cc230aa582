"""A gateway over HTTP as the real ones are: it checks the signature, the sign, the template and
its variables, keeps what it takes and answers questions about it. Like them it has no idempotency
key: what it is given twice, it keeps twice.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tongban.accounts.personal import mask_phone
from tongban.notices.sms import acs
from tongban.notices.sms.templates import SmsTemplate, parts

HOST = "127.0.0.1"
MOST_BYTES = 64 * 1024
SKEW = dt.timedelta(minutes=15)
# A phone has it a moment after.
ARRIVES_AFTER = dt.timedelta(seconds=3)
SHANGHAI = dt.timezone(dt.timedelta(hours=8))
PHONE = re.compile(r"1[3-9]\d{9}")


class Refused(Exception):
    """The code of an answer that is not OK, and its text."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(code, text)
        self.code, self.text = code, text


@dataclass(frozen=True)
class Kept:
    """One message that was taken. The phone in the open never leaves this process but by `find`."""

    reference: str
    out_id: str
    phone: str = field(repr=False)
    template: str
    text: str
    at: dt.datetime


class Books:
    """What the gateway has taken; with a file, also after it was started again."""

    def __init__(self, file: Path | None = None) -> None:
        self.file, self.lock = file, threading.Lock()
        self.kept: list[Kept] = []
        if file and file.exists():
            for line in file.read_text("utf-8").splitlines():
                row = json.loads(line)
                self.kept.append(Kept(**{**row, "at": dt.datetime.fromisoformat(row["at"])}))

    def take(self, phone: str, template: str, text: str, out_id: str) -> str:
        with self.lock:
            now = dt.datetime.now(dt.UTC)
            reference = f"{len(self.kept) + 1:06}^{int(now.timestamp())}"
            kept = Kept(reference, out_id, phone, template, text, now)
            self.kept.append(kept)
            if self.file:
                row = {**asdict(kept), "at": now.isoformat()}
                self.file.touch(mode=0o600)
                with self.file.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
        return reference

    def of(self, phone: str, day: str) -> list[Kept]:
        with self.lock:
            return [
                kept
                for kept in reversed(self.kept)
                if kept.phone == phone and f"{kept.at.astimezone(SHANGHAI):%Y%m%d}" == day
            ]

    def latest(self, most: int) -> list[Kept]:
        with self.lock:
            return self.kept[: -most - 1 : -1]


class DemonstrationGateway(ThreadingHTTPServer):
    """Serves SendSms and QuerySendDetails; /messages lists what came, phones masked."""

    daemon_threads = True

    def __init__(
        self,
        *,
        port: int,
        key_id: str,
        secret: str,
        templates: Mapping[str, SmsTemplate],
        books: Books | None = None,
        approved_later: Callable[[str], SmsTemplate | None] = lambda _: None,
    ) -> None:
        super().__init__((HOST, port), Answering)
        self.key_id, self.secret = key_id, secret
        self.templates = {template.code: template for template in templates.values()}
        # In a demonstration what an operator enters as registered is.
        self.approved_later = approved_later
        self.books = books or Books()
        self.seen: set[str] = set()

    def answer(self, action: str, given: dict[str, str]) -> dict[str, Any]:
        """The answer to a request whose signature was right. Raises Refused."""
        if action == "SendSms":
            return {"BizId": self.take(given)}
        if action == "QuerySendDetails":
            return self.details(given)
        raise Refused("InvalidAction.NotFound", action)

    def take(self, given: dict[str, str]) -> str:
        code = given.get("TemplateCode", "")
        template = self.templates.get(code) or self.approved_later(code)
        if template is None:
            raise Refused("isv.SMS_TEMPLATE_ILLEGAL", "模板未报备")
        if given.get("SignName") != template.sign:
            raise Refused("isv.SMS_SIGNATURE_ILLEGAL", "签名未报备")
        phone = given.get("PhoneNumbers", "")
        if not PHONE.fullmatch(phone):
            raise Refused("isv.MOBILE_NUMBER_ILLEGAL", "手机号码有误")
        values = self._values(template, given.get("TemplateParam", "{}"))
        text = template.filled(values)
        return self.books.take(phone, template.code, text, given.get("OutId", ""))

    def _values(self, template: SmsTemplate, text: str) -> dict[str, str]:
        try:
            values = json.loads(text)
        except ValueError:
            raise Refused("isv.INVALID_JSON_PARAM") from None
        if not isinstance(values, dict):
            raise Refused("isv.INVALID_JSON_PARAM")
        for name in template.used():
            if not isinstance(values.get(name), str):
                raise Refused("isv.TEMPLATE_MISSING_PARAMETERS", name)
            if len(values[name]) > template.variables[name].most:
                raise Refused("isv.PARAM_LENGTH_LIMIT", name)
            if re.search(r"https?://|www\.|【|】", values[name]):
                raise Refused("isv.PARAM_NOT_SUPPORT_URL", name)
        return {name: values[name] for name in template.used()}

    def details(self, given: dict[str, str]) -> dict[str, Any]:
        found = self.books.of(given.get("PhoneNumber", ""), given.get("SendDate", ""))
        if reference := given.get("BizId"):
            found = [kept for kept in found if kept.reference == reference]
        size, page = int(given.get("PageSize", "10")), int(given.get("CurrentPage", "1"))
        rows = [_detail(kept) for kept in found[(page - 1) * size : page * size]]
        return {"TotalCount": len(found), "SmsSendDetailDTOs": {"SmsSendDetailDTO": rows}}

    def check(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises Refused for a request that its sender did not sign, or signed long ago."""
        said = acs.parts_of(headers.get("authorization", ""))
        if said.get("Credential") != self.key_id:
            raise Refused("InvalidAccessKeyId.NotFound")
        names = said.get("SignedHeaders", "").split(";")
        needed = {"host", "x-acs-action", "x-acs-date", "x-acs-content-sha256"}
        if not needed <= set(names) or headers.get("x-acs-content-sha256") != acs.sha256(body):
            raise Refused("IncompleteSignature")
        chosen = {name: headers.get(name, "") for name in names}
        _, right = acs.signature(
            self.secret, method="POST", path="/", query="", headers=chosen, body=body
        )
        if not hmac.compare_digest(right, said.get("Signature", "")):
            raise Refused("SignatureDoesNotMatch")
        moment = dt.datetime.strptime(headers["x-acs-date"], acs.DATE).replace(tzinfo=dt.UTC)
        if abs(dt.datetime.now(dt.UTC) - moment) > SKEW:
            raise Refused("InvalidTimeStamp.Expired")
        nonce = headers.get("x-acs-signature-nonce", "")
        if not nonce or nonce in self.seen:
            raise Refused("SignatureNonceUsed")
        self.seen.add(nonce)


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one packet: in two, each answer waits for an acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: DemonstrationGateway

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(length, MOST_BYTES))
        headers = {name.lower(): value for name, value in self.headers.items()}
        given = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        try:
            self.server.check(headers, body)
            said = {"Code": "OK", **self.server.answer(headers["x-acs-action"], given)}
            self._say(200, said)
        except Refused as refused:
            self._say(400, {"Code": refused.code, "Message": refused.text})

    def do_GET(self) -> None:
        if self.path != "/messages":
            self._say(404, {"Code": "InvalidAction.NotFound"})
            return
        self._say(200, {"messages": [_shown(kept) for kept in self.server.books.latest(200)]})

    def _say(self, status: int, said: Mapping[str, Any]) -> None:
        content = json.dumps(said, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing: a gateway's log would hold phones."""


def _detail(kept: Kept) -> dict[str, Any]:
    arrived = dt.datetime.now(dt.UTC) - kept.at > ARRIVES_AFTER
    here = f"{kept.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    return {
        "PhoneNum": kept.phone,
        "SendStatus": 3 if arrived else 1,
        "ErrCode": "DELIVERED" if arrived else "",
        "TemplateCode": kept.template,
        "Content": kept.text,
        "SendDate": here,
        "ReceiveDate": here if arrived else "",
        "OutId": kept.out_id,
    }


def _shown(kept: Kept) -> dict[str, Any]:
    return {
        "phone": mask_phone(kept.phone),
        "text": kept.text,
        "template": kept.template,
        "parts": parts(kept.text),
        "at": kept.at.isoformat(),
    }
