"""A province's platform: a real HTTPS server with a certificate of its own authority, that misbehaves on demand."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tongban.sharing.signing import BadSignature, Key, Signed, sign, verify

KEY = Key("tongban", b"a secret between two", "HMAC-SM3")


@dataclass
class Province:
    """behaviour: right, slow, trickling, error, garbage, unsigned, forged, replayed, other, refusing, huge."""

    url: str
    ca: str
    pin: str
    behaviour: str = "right"
    heard: list[dict[str, Any]] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    answers: dict[str, bool] = field(default_factory=lambda: {"matches": True, "alive": True})
    is_known: bool = True
    old_headers: dict[str, str] = field(default_factory=dict)
    wakes: threading.Event = field(default_factory=threading.Event)

    def is_new(self, nonce: str) -> bool:
        before = len(self.nonces)
        self.nonces.add(nonce)
        return len(self.nonces) > before


class Handler(BaseHTTPRequestHandler):
    province: Province

    def log_message(self, *_args: Any) -> None:
        """Says nothing."""

    def do_POST(self) -> None:
        here = self.province
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = Signed(
            int(self.headers["X-Timestamp"]), self.headers["X-Nonce"], self.headers["X-Signature"]
        )
        try:
            verify(
                KEY, signed, act="POST", path=self.path, body=body, now=time.time(),
                is_new=here.is_new,
            )  # fmt: skip
        except BadSignature as bad:
            here.refused.append(str(bad))
            self.send_error(401)
            return
        asked = json.loads(body)
        here.heard.append(asked)
        if here.behaviour == "error":
            self.send_error(500)
        elif here.behaviour == "slow":
            here.wakes.wait(5)
        else:
            self._say(asked, signed.nonce)

    def _say(self, asked: dict[str, Any], nonce: str) -> None:
        here = self.province
        said: dict[str, Any] = {"id": asked["id"], "found": here.is_known}
        if here.is_known:
            said |= {"questions": here.answers, "fields": {"unasked": "住址", "plate": "渝A"}}
        if here.behaviour == "other":
            said["id"] = "another"
        status = 403 if here.behaviour == "refusing" else 200
        text = json.dumps({"reason": "不在共享范围"} if status == 403 else said).encode()
        if here.behaviour == "garbage":
            text = b"<html>"
        if here.behaviour == "huge":
            text = b" " * 100_000
        stamp = int(time.time())
        mac = sign(KEY, act=str(status), path=self.path, body=text, timestamp=stamp, nonce=nonce)
        headers = {"X-Timestamp": str(stamp), "X-Signature": mac.signature}
        if here.behaviour == "replayed" and here.old_headers:
            headers = here.old_headers
        here.old_headers = headers
        if here.behaviour == "unsigned":
            headers = {}
        if here.behaviour == "forged":
            text = text.replace(b"false", b"true ")
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@contextmanager
def running(folder: Path) -> Iterator[Province]:
    ca, chain, pin = _certificates(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_args: None  # type: ignore[method-assign]
    province = Province(f"https://127.0.0.1:{server.server_port}", str(ca), pin)
    server.RequestHandlerClass = type("Bound", (Handler,), {"province": province})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield province
    finally:
        province.wakes.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _certificates(folder: Path) -> tuple[Path, Path, str]:
    """An authority's file, the server's key with its certificate, and that certificate's SHA-256."""
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "province authority")])
    host = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "province")])
    root = (
        _certificate(authority, authority, authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    leaf = (
        _certificate(host, authority, server_key.public_key())
        .add_extension(address, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    ca, chain = folder / "ca.pem", folder / "server.pem"
    ca.write_bytes(root.public_bytes(pem))
    key = server_key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.write_bytes(key + leaf.public_bytes(pem))
    return ca, chain, leaf.fingerprint(hashes.SHA256()).hex()


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
    )
