"""ID numbers, phones and bank cards lie in no table as they are, whatever people do on the site."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from tests.site.stage import CLEAR, PHONE, Stage
from tests.world import LIN_ID
from tongban.accounts.models import Look
from tongban.notices.dispatch import deliver_due

REASON = {"reason": "核对证件号码"}


def test_no_table_holds_a_number_in_clear_after_a_day_of_everything(stage: Stage) -> None:
    _sign_in_by_number(stage)
    _hand_in(stage)
    _look(stage)
    deliver_due(limit=100)
    assert _holds("accounts_user", "林晓梅"), "the search finds what is there"
    found = [
        f"{table}: {number}"
        for table in connection.introspection.table_names()
        for number in CLEAR
        if _holds(table, number)
    ]
    assert found == []
    assert Look.objects.exists()


def test_no_session_holds_a_number_in_clear(stage: Stage) -> None:
    """They lie packed in their table, where a search of its text would find nothing."""
    _sign_in_by_number(stage)
    held = [str(session.get_decoded()) for session in Session.objects.all()]
    assert any("counter_visits" in kept for kept in held), "a window keeps who stands there"
    assert [kept for kept in held for number in CLEAR if number in kept] == []


def _sign_in_by_number(stage: Stage) -> None:
    """With the ID number, with the phone, wrongly and rightly."""
    stage.world.citizen.set_password("right-password-7")
    stage.world.citizen.save()
    for account in (LIN_ID, PHONE, "511702195505050025"):
        for password in ("wrong", "right-password-7"):
            Client().post("/sign-in/", {"account": account, "password": password})


def _hand_in(stage: Stage) -> None:
    citizen = stage.client("citizen")
    answer = citizen.post(f"/apply/{stage.draft}/check/", {"promise": "on"})
    assert answer.status_code == 302
    asked = {"kind": "question", "text": "办到哪了？", "token": stage.crossing.seq}
    citizen.post(f"/my/{stage.crossing.number}/ask/", asked)
    citizen.post("/progress/", {"number": stage.crossing.number, "proof": LIN_ID[-6:]})


def _look(stage: Stage) -> None:
    path = f"/desk/{stage.crossing.number}/look/party.{stage.party}.id_number/"
    assert LIN_ID in stage.client("clerk_sc").post(path, REASON).content.decode()


def _holds(table: str, number: str) -> bool:
    """Whether any column of any row has it in its text, JSON and arrays included."""
    named = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {named} t WHERE t::text LIKE %s LIMIT 1", [f"%{number}%"])  # noqa: S608
        return cursor.fetchone() is not None
