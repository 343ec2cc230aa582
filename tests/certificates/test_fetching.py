"""A certificate comes from its issuer's register, signed, and is asked for once a day."""

from __future__ import annotations

import base64
import datetime as dt

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.certificates.stating import CARD, fetched, state
from tests.world import LIN_ID, World
from tongban.accounts.models import Look
from tongban.certificates.fetching import AlreadyAsked, Outcome
from tongban.certificates.models import Certificate, Inquiry
from tongban.certificates.showing import show, verify
from tongban.certificates.statements import Statement, Untrusted, public_bytes, read, text_of
from tongban.sharing.models import RegisterEntry

pytestmark = pytest.mark.django_db


def fetch_page(world: World, *kinds: str) -> str:
    client = Client()
    client.force_login(world.citizen)
    path = "/certificates/fetch/?province=500000"
    answer = client.post(path, {"agreed": kinds or [CARD]}, follow=True)
    return answer.content.decode()


def test_she_agrees_and_has_it_with_what_the_issuer_signed(registers: World) -> None:
    state()
    page = fetch_page(registers)
    assert "残疾人证已取得签发机关的最新信息：有效" in page
    assert LIN_ID not in page
    kept = Certificate.objects.get()
    assert (kept.name, kept.number, kept.issuer) == (
        "残疾人证",
        f"{LIN_ID}43",
        "重庆市残疾人联合会",
    )
    asked = Inquiry.objects.get()
    assert (asked.outcome, asked.by) == (Outcome.KEPT, registers.citizen)
    assert "同意向重庆的签发机关查询本人的残疾人证" in asked.wording


def test_the_register_is_asked_once_a_day_and_tomorrow_again(registers: World) -> None:
    state()
    now = timezone.now()
    fetched(registers, now=now)
    with pytest.raises(AlreadyAsked):
        fetched(registers, now=now)
    state(status="revoked")
    assert fetched(registers, now=now + dt.timedelta(days=1)).status == "revoked"
    assert Certificate.objects.count() == 1


def test_a_forged_statement_is_not_kept(registers: World) -> None:
    state(signature="AAAA")
    assert "签名不正确" in fetch_page(registers)
    assert not Certificate.objects.exists()


def test_a_statement_about_somebody_else_is_not_kept(registers: World) -> None:
    entry = state()
    other = state("residence-permit")
    RegisterEntry.objects.filter(pk=other.pk).update(fields=entry.fields)
    assert "签名不正确" in fetch_page(registers, "residence-permit")
    assert not Certificate.objects.exists()


def test_who_has_none_is_told_so(registers: World) -> None:
    state()
    RegisterEntry.objects.update(person_index="somebody else")
    assert "签发机关没有查到您的证照" in fetch_page(registers)


def test_a_register_that_is_down_does_not_use_up_the_day(registers: World) -> None:
    state()
    nobody = {"500000": {"url": "https://127.0.0.1:9", "key_id": "a", "secret": "b", "tries": 1}}
    with override_settings(SHARING_CONNECTORS=nobody):
        page = fetch_page(registers)
    assert "现在查不了（无法连接对方系统），请稍后再试，不计入每天次数" in page
    assert "已取得签发机关的最新信息" in fetch_page(registers)


def test_the_full_number_is_shown_after_the_look_is_written_down(
    registers: World, certificate: Certificate
) -> None:
    client = Client()
    client.force_login(registers.citizen)
    path = f"/certificates/{certificate.pk}/"
    assert f"{LIN_ID}43" not in client.get(path).content.decode()
    assert f"{LIN_ID}43" in client.post(f"{path}number/").content.decode()
    look = Look.objects.get()
    assert (look.viewer, look.subject_key) == (registers.citizen, str(certificate.pk))
    stranger = Client()
    stranger.force_login(registers.people["outsider"])
    assert stranger.post(f"{path}number/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"valid_to": "2025-06-30"}, "已过期（有效期至2025年6月30日）"),
        ({"status": "revoked"}, "已注销或吊销"),
        ({"status": "suspended"}, "已暂停使用"),
    ],
)
def test_one_that_no_longer_counts_says_why_and_is_not_shown(
    registers: World, changes: dict[str, str], said: str
) -> None:
    state(**changes)
    certificate = fetched(registers)
    client = Client()
    client.force_login(registers.citizen)
    assert said in client.get("/certificates/").content.decode()
    shown = client.post(f"/certificates/{certificate.pk}/show/", follow=True).content.decode()
    assert said in shown
    assert "<img" not in shown.split("</header>")[1]


def test_a_province_is_believed_by_its_own_key_and_by_no_other() -> None:
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    code, fields = "510000-certificate-disability-card", {
        "number": f"{LIN_ID}43", "issuer": "四川省残疾人联合会", "valid_from": "2020-01-01",
        "valid_to": "", "status": "valid",
    }  # fmt: skip
    text = text_of(code, LIN_ID, fields).encode()

    def said(signer: Ed25519PrivateKey, **changes: str) -> Statement:
        signature = base64.b64encode(signer.sign(text)).decode()
        return read(
            resource=code,
            province="510000",
            id_number=LIN_ID,
            fields=fields | {"signature": signature} | changes,
            is_own_register=False,
        )

    with override_settings(CERTIFICATE_KEYS={"510000": public_bytes(key.public_key())}):
        assert said(key).valid_to is None
        for signer, changes in ((other, {}), (key, {"status": "revoked"}), (key, {"number": "1"})):
            with pytest.raises(Untrusted, match="签名不正确"):
                said(signer, **changes)
    with pytest.raises(Untrusted, match="没有签发机关的验签公钥"):
        said(key)


def test_the_folder_and_a_certificate_take_no_more_statements_for_more(
    registers: World, certificate: Certificate
) -> None:
    client = Client()
    client.force_login(registers.citizen)
    paths = ("/certificates/", f"/certificates/{certificate.pk}/")

    def counted() -> list[int]:
        counts = []
        for path in paths:
            with CaptureQueriesContext(connection) as seen:
                assert client.get(path).status_code == 200
            counts.append(len(seen))
        return counts

    counted()  # the session is written on the first visit
    before = counted()
    for kind in ("residence-permit", "marriage-certificate", "driving-licence"):
        state(kind)
        fetched(registers, kind)
    clerk, office = registers.clerk_sc, registers.office("511702", "civil_affairs")
    code = show(certificate=certificate, session_key="-", now=timezone.now())
    for _ in range(30):
        verify(token=code.token, user=clerk, office_id=office.pk, now=timezone.now())
    assert counted() == before
