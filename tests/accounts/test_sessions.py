from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongban.accounts.middleware import SEEN_AT
from tongban.accounts.models import User

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NINE, tick=False) as traveller:
        yield traveller


def at_work(client: Client) -> bool:
    """Whether a page still takes them for the one who signed in (it sends them on)."""
    return client.get("/sign-in/").status_code == 302


def test_somebody_who_works_stays_signed_in(
    client: Client, liu: User, clock: time_machine.Traveller
) -> None:
    client.force_login(liu)
    for minutes in range(20, 241, 20):
        clock.move_to(NINE + timedelta(minutes=minutes))
        assert at_work(client)


def test_somebody_who_left_is_signed_out_after_half_an_hour(
    client: Client, liu: User, clock: time_machine.Traveller
) -> None:
    client.force_login(liu)
    assert at_work(client)
    clock.move_to(NINE + timedelta(minutes=31))
    assert not at_work(client)


def test_a_session_in_use_is_stored_at_most_every_five_minutes(
    client: Client, liu: User, clock: time_machine.Traveller
) -> None:
    client.force_login(liu)
    written = []
    for seconds in (1, 60, 299, 302, 400):
        clock.move_to(NINE + timedelta(seconds=seconds))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert at_work(client)
        written.append(any("UPDATE" in query["sql"] for query in queries))
    assert written == [True, False, False, True, False]


def test_a_stranger_gets_no_session(client: Client, db: None) -> None:
    client.get("/sign-in/")
    assert not Session.objects.exists()
    assert SEEN_AT not in client.session
    assert SESSION_KEY not in client.session
