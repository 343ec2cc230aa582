"""Over real HTTP and real transactions: a hospital's system, the demonstration's, and two at once."""

from __future__ import annotations

import datetime as dt
import io
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from matters.medical.ledger import book
from matters.medical.models import Insured, Visit
from matters.medical.visits import fee_sums
from tests.cases.threads import at_once
from tests.medical.cover import filed
from tests.medical.visiting import (
    WANZHOU,
    Hospital,
    ago,
    fee,
    hospital_at,
    live,
    patient,
    state_of,
)
from tests.world import World, build_world
from workflows.cases.sweep import sweep_deadlines
from workflows.flows import medical_visit_money as money_of_visits

pytestmark = pytest.mark.django_db(transaction=True)


class Answer:
    """What came back over the wire, as the test client would give it."""

    def __init__(self, status: int, body: bytes, kind: str) -> None:
        self.status_code, self.body, self.kind = status, body, kind

    def json(self) -> Any:
        return json.loads(self.body)


class Wire:
    """A client that speaks HTTP to a server."""

    def __init__(self, site: str) -> None:
        self.site = site

    def post(self, path: str, body: str, kind: str, headers: dict[str, str]) -> Answer:
        headers = {"Content-Type": kind, **headers}
        request = urllib.request.Request(  # noqa: S310
            self.site + path, data=body.encode(), headers=headers, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                return Answer(answer.status, answer.read(), answer.headers["Content-Type"])
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read(), error.headers["Content-Type"])


def patient_of(world: World) -> tuple[Hospital, Insured]:
    insured = patient()
    filed(insured)
    return Hospital(world), insured


def statuses(answers: list[Any]) -> list[int]:
    return sorted(each.status_code for each in answers)


@contextmanager
def held(insured: Insured) -> Iterator[None]:
    """Another connection books for the same person, and takes its time."""
    is_held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Insured.objects.select_for_update().get(pk=insured.pk)
            is_held.set()
            let_go.wait(timeout=10)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    is_held.wait(timeout=5)
    yield
    let_go.set()
    other.join()


def test_visits_run_over_the_wire(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    hospital, insured = patient_of(build_world())
    hospital.client = Wire(live_server.url)  # type: ignore[assignment]
    stay = hospital.settled_stay()
    told = {"mdtrt_id": stay, "setl_id": live(stay)[0].setl_id}
    hospital.say("2305", told)
    assert state_of(stay) == "reversed"
    clinic = hospital.card(med_type="11", begntime=ago(0).isoformat())
    hospital.say("2201", {"mdtrt_id": clinic})
    hospital.say("2204", {"mdtrt_id": clinic, "feedetl": [fee("320.00")]})
    hospital.presettle(clinic, "2206")
    hospital.settle(clinic, "2207")
    hospital.say("2208", {"mdtrt_id": clinic, "setl_id": live(clinic)[0].setl_id})
    assert state_of(clinic) == "reversed"
    # Somebody else's settlement of the same person holds the lock for longer than a hospital waits.
    monkeypatch.setattr("workflows.exchange.hospital.door.PATIENCE", "50ms")
    lost = hospital.stay()
    hospital.presettle(lost)
    with held(insured):
        answer = hospital.send("2304", hospital.agreed(lost), "LOST")
    assert (answer.status_code, state_of(lost)) == (504, "unknown")
    visit = Visit.objects.select_related("institution").get(mdtrt_id=lost)
    order = money_of_visits.order_of(visit, fee_sums(visit.pk), visit.filing_code, True)
    book(insured_id=insured.pk, order=order, key=visit.settle_key, at=timezone.now())
    sweep_deadlines(now=timezone.now() + dt.timedelta(minutes=2))
    assert state_of(lost) == "settled"
    undone = {"psn_no": insured.psn_no, "omsgid": "LOST", "oinfno": "2304"}
    assert hospital.say("2601", undone)["happened"] is True
    assert (state_of(lost), live(lost)) == ("presettled", [])


def test_of_two_at_once_one_admits_and_one_settles() -> None:
    world = build_world()
    hospital, _ = patient_of(world)
    second = Hospital(world, hospital_at(world, WANZHOU))
    ids = {each: each.card() for each in (hospital, second)}
    answers = at_once(*[lambda h=h, i=i: h.send("2401", {"mdtrt_id": i}) for h, i in ids.items()])
    assert statuses(answers) == [200, 422]
    admitted = Visit.objects.get(is_admitted=True)
    where = next(each for each in ids if each.institution == admitted.institution)
    where.say("2404", {"mdtrt_id": admitted.mdtrt_id})
    mdtrt_id = hospital.stay()
    hospital.presettle(mdtrt_id)
    agreed = hospital.agreed(mdtrt_id)
    answers = at_once(*[lambda n=n: hospital.send("2304", agreed, f"M{n}") for n in range(2)])
    assert statuses(answers) == [200, 403]
    assert len(live(mdtrt_id)) == 1
    seen: list[str] = []
    both_here = threading.Barrier(2)

    def unguarded() -> None:
        """The twin: look at the state, then act, without the case's lock."""
        if state_of(mdtrt_id) == "settled":
            with suppress(threading.BrokenBarrierError):
                both_here.wait(timeout=0.5)
            seen.append("acts")

    at_once(unguarded, unguarded)
    assert seen == ["acts", "acts"]


def test_the_demonstration_hospital_plays_over_http_and_its_day_agrees(
    live_server: LiveServer, settings: Settings
) -> None:
    settings.DEMONSTRATION = True
    world = build_world()
    hospital, insured = patient_of(world)
    hospital.institution.is_demonstration = True
    hospital.institution.open_visits = ["inpatient", "outpatient"]
    hospital.institution.save()
    Insured.objects.filter(pk=insured.pk).update(is_demonstration=True)
    said = io.StringIO()
    call_command("demonstration_hospital", visits=2, site=live_server.url, stdout=said)
    words = said.getvalue().split()
    assert set(words[:2]) <= {"settled", "self_paid", "reversed"}
    assert words[2:] == ["agreeing", "1"]
    assert Visit.objects.count() == 2
