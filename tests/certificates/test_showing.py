"""A code lives a minute, is verified once by an office, and tells strangers nothing of the person."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone

from tests.certificates.stating import fetched, state
from tests.world import LIN_ID, World
from tongban.accounts.models import User
from tongban.certificates import showing
from tongban.certificates.models import Certificate, Showing, Verification
from tongban.certificates.showing import Refused, hashed, seen, show, verify, written_token

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def code_of(client: Client, certificate: Certificate) -> str:
    client.post(f"/certificates/{certificate.pk}/show/")
    return str(client.session["certificates.showing"]["token"])


@pytest.fixture
def holder(registers: World) -> Client:
    return signed_in(registers.citizen)


@pytest.fixture
def clerk(registers: World) -> Client:
    return signed_in(registers.clerk_sc)


def test_a_clerk_scans_sees_the_least_and_the_holder_sees_who_it_was(
    holder: Client, clerk: Client, certificate: Certificate, registers: World
) -> None:
    token = code_of(holder, certificate)
    page = holder.get(f"/certificates/{certificate.pk}/show/").content.decode()
    assert "data:image/svg+xml" in page
    looked = clerk.get(f"/verify/{token}/").content.decode()
    assert "核验并记录" in looked
    assert "林*梅" not in looked
    verified = clerk.post(
        "/verify/", {"code": f"http://x/verify/{token}/", "office": desk(registers)}
    )
    text = verified.content.decode()
    assert "林*梅" in text
    assert "残疾人证" in text
    assert LIN_ID not in text
    again = clerk.post(f"/verify/{token}/", {"office": desk(registers)}).content.decode()
    assert "已经核验过一次" in again
    assert "林*梅" not in again
    mine = holder.get(f"/certificates/{certificate.pk}/").content.decode()
    assert mine.count("通川区民政局") == 2
    assert "核验通过" in mine
    assert "码已核验过" in mine


def desk(world: World) -> int:
    return world.office("511702", "civil_affairs").pk


def test_a_stranger_learns_kind_and_issuer_and_uses_nothing_up(
    holder: Client, clerk: Client, certificate: Certificate, registers: World
) -> None:
    token = code_of(holder, certificate)
    for client in (Client(), signed_in(registers.people["outsider"])):
        for answer in (
            client.get(f"/verify/{token}/"),
            client.post(f"/verify/{token}/", {"office": desk(registers)}),
            client.post("/verify/", {"code": token}, follow=True),
        ):
            text = answer.content.decode()
            assert "有效" in text
            assert "重庆市残疾人联合会" in text
            assert "林" not in text.split("</header>")[1]
    assert not Verification.objects.exists()
    assert "林*梅" in clerk.post(f"/verify/{token}/", {"office": desk(registers)}).content.decode()


def test_an_office_of_which_one_is_no_clerk_cannot_be_named(
    holder: Client, clerk: Client, certificate: Certificate, registers: World
) -> None:
    token = code_of(holder, certificate)
    elsewhere = registers.office("500103", "civil_affairs").pk
    page = clerk.post(f"/verify/{token}/", {"office": elsewhere}).content.decode()
    assert "请选择您所在的单位" in page
    assert not Verification.objects.exists()


def test_after_a_minute_after_a_newer_one_after_signing_out_and_unknown_are_each_said(
    holder: Client, certificate: Certificate
) -> None:
    now = timezone.now()
    first = show(certificate=certificate, session_key=holder.session.session_key or "", now=now)
    assert seen(first.token, first.expires_at - SECOND).refused is None
    assert seen(first.token, first.expires_at).refused == Refused.EXPIRED
    second = show(certificate=certificate, session_key=holder.session.session_key or "", now=now)
    assert seen(first.token, now).refused == Refused.VOIDED
    assert seen(second.token, now).refused is None
    holder.post("/sign-out/")
    assert seen(second.token, now).refused == Refused.ENDED
    assert seen("A" * 20, now).refused == Refused.UNKNOWN
    assert len({Refused(each).text for each in Refused}) == len(Refused)


def test_one_revoked_while_it_is_shown_is_verified_as_not_valid(
    holder: Client, clerk: Client, certificate: Certificate, registers: World
) -> None:
    token = code_of(holder, certificate)
    Certificate.objects.update(status="revoked")
    page = clerk.post(f"/verify/{token}/", {"office": desk(registers)}).content.decode()
    assert "已注销或吊销" in page
    assert Verification.objects.get().outcome == "not_valid"


def test_the_page_renews_by_itself_a_few_times_and_then_waits_for_a_press(
    holder: Client, certificate: Certificate
) -> None:
    path = f"/certificates/{certificate.pk}/show/"
    code_of(holder, certificate)
    shown = ""
    for _ in range(6):
        shown = holder.post(path, {"renew": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "码已过期" in shown
    assert "hx-post" not in shown
    assert "hx-post" in holder.post(path, headers={"HX-Request": "true"}).content.decode()


def test_opening_the_page_makes_no_code_and_another_session_sees_none(
    holder: Client, certificate: Certificate, registers: World
) -> None:
    path = f"/certificates/{certificate.pk}/show/"
    code_of(holder, certificate)
    other = signed_in(registers.citizen)
    for client in (holder, other):
        client.get(path)
    assert Showing.objects.count() == 1
    assert "data:image/svg+xml" not in other.get(path).content.decode()


def test_a_code_is_read_from_an_address_from_groups_and_from_small_letters() -> None:
    token = "ABCDEFGHJKLMNPQRSTUV"
    for written in (
        token,
        "abcde-fghjk-lmnpq-rstuv",
        f"https://tongban.example/verify/{token}/",
        f" {token}\n",
    ):
        assert written_token(written) == token
    for other in ("", "ABCDE", "O" * 20, "https://tongban.example/verify/", token + "AB"):
        assert written_token(other) == ""


def _scan_together(token: str, world: World) -> list[Refused | str | None]:
    """Two offices scan at the same moment: both have seen a good code before either goes on."""
    both, found = threading.Barrier(2, timeout=10), list[Refused | str | None]()
    take = showing._take

    def wait_and_take(token: str, now: dt.datetime) -> bool:
        both.wait()
        return take(token, now)

    def scan(who: str, office: int) -> None:
        try:
            user = world.people[who]
            done = verify(token=token, user=user, office_id=office, now=timezone.now())
            found.append(done.refused)
        except IntegrityError:
            found.append("twice")
        finally:
            connection.close()

    showing._take = wait_and_take
    try:
        threads = [
            threading.Thread(target=scan, args=("clerk_sc", desk(world))),
            threading.Thread(
                target=scan, args=("clerk_cq", world.office("500101", "service_center").pk)
            ),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        showing._take = take
    return found


@pytest.mark.django_db(transaction=True)
def test_of_two_scans_at_the_same_moment_exactly_one_succeeds_and_unguarded_both_go_on(
    registers: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    state()
    certificate, holder = fetched(registers), signed_in(registers.citizen)
    token = code_of(holder, certificate)
    found = _scan_together(token, registers)
    assert sorted(map(str, found)) == ["None", "used"]
    assert Verification.objects.filter(outcome="valid").count() == 1

    # The twin: a look, then a write, with nothing between them. Both get through, and only the
    # database's own rule of one verification a code stops the second.
    def unguarded(token: str, now: dt.datetime) -> bool:
        Showing.objects.filter(token_hash=hashed(token)).update(verified_at=now)
        return True

    token = code_of(holder, certificate)
    monkeypatch.setattr(showing, "_take", unguarded)
    assert sorted(map(str, _scan_together(token, registers))) == ["None", "twice"]
