from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.core import serializers
from django.http import HttpRequest, HttpResponse
from django.test import Client
from pytest_django import Settings

from tongban.accounts.lockout import client_address
from tongban.accounts.models import User

from .conftest import LIU_ID, LIU_PHONE, PASSWORD

WRONG = "not-the-password"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def attempt(
    client: Client, account: str, password: str = WRONG, address: str = "192.0.2.7"
) -> HttpResponse:
    typed = {"account": account, "password": password}
    answer: HttpResponse = client.post("/sign-in/", typed, REMOTE_ADDR=address)  # type: ignore[assignment]
    return answer


def test_the_fifth_failure_pauses_signing_in_and_says_until_when(
    client: Client, liu: User, clock: time_machine.Traveller
) -> None:
    for _ in range(4):
        assert attempt(client, "liu-xuemei").status_code == 200
    page = attempt(client, "liu-xuemei")
    assert page.status_code == 429
    assert page["Retry-After"] == "900"
    text = page.content.decode()
    assert "登录已暂停" in text
    assert "12:15" in text
    assert "窗口" in text
    assert "liu-xuemei" not in text


def test_the_last_tries_are_announced(
    client: Client, liu: User, clock: time_machine.Traveller
) -> None:
    warned = ["再输错" in attempt(client, "liu-xuemei").content.decode() for _ in range(4)]
    assert warned == [False, False, True, True]


def test_while_paused_the_right_password_does_not_help_and_the_pause_grows_no_longer(
    client: Client, liu: User, clock: time_machine.Traveller
) -> None:
    for _ in range(5):
        attempt(client, "liu-xuemei")
    clock.move_to(NOON + timedelta(minutes=14))
    page = attempt(client, "liu-xuemei", PASSWORD)
    assert page.status_code == 429
    assert "12:15" in page.content.decode()
    clock.move_to(NOON + timedelta(minutes=15, seconds=1))
    assert attempt(client, "liu-xuemei", PASSWORD).status_code == 302


def test_the_three_names_of_one_account_are_counted_together(
    client: Client, liu: User, clock: time_machine.Traveller
) -> None:
    names = ["liu-xuemei", LIU_ID, LIU_PHONE, LIU_ID.lower(), f"+86{LIU_PHONE}"]
    assert [attempt(client, name).status_code for name in names] == [200, 200, 200, 200, 429]


def test_an_unknown_name_is_paused_like_a_known_one(
    client: Client, liu: User, clock: time_machine.Traveller
) -> None:
    assert [attempt(client, "16400000099").status_code for _ in range(5)][-1] == 429


def test_other_people_and_other_places_are_not_paused(
    client: Client, liu: User, clerk: User, clock: time_machine.Traveller
) -> None:
    for _ in range(5):
        attempt(client, "liu-xuemei")
    assert attempt(Client(), "he-guoqiang", PASSWORD).status_code == 302
    assert attempt(Client(), "liu-xuemei", PASSWORD, address="192.0.2.8").status_code == 302


def test_changing_the_browser_wins_no_more_tries(liu: User, clock: time_machine.Traveller) -> None:
    codes = []
    for minute in range(5):
        clock.move_to(NOON + timedelta(minutes=minute))
        browser = Client(headers={"user-agent": f"browser {minute}"})
        codes.append(attempt(browser, "liu-xuemei").status_code)
    assert codes == [200, 200, 200, 200, 429]
    # The oldest failure is forgotten first, so the pause ends a quarter of an hour after it.
    assert "12:15" in attempt(Client(), "liu-xuemei").content.decode()


def test_a_success_forgets_the_failures_before_it(
    client: Client, liu: User, clock: time_machine.Traveller
) -> None:
    for _ in range(4):
        attempt(client, LIU_PHONE)
    assert attempt(client, LIU_ID, PASSWORD).status_code == 302
    assert not AccessAttempt.objects.exists()


def test_no_clear_number_lands_in_the_tables_or_logs_of_failed_sign_ins(
    client: Client, liu: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    unknown_id, unknown_phone = "51170219901105123X", "16400000777"
    for name in (LIU_ID, LIU_PHONE, unknown_id, unknown_phone):
        for _ in range(6):
            attempt(client, name)
    attempt(client, LIU_ID, PASSWORD, address="192.0.2.9")
    client.post("/sign-out/")
    rows = [
        *AccessAttempt.objects.all(),
        *AccessFailureLog.objects.all(),
        *AccessLog.objects.all(),
    ]
    assert {type(row) for row in rows} == {AccessAttempt, AccessLog}
    kept = serializers.serialize("json", rows) + caplog.text
    for secret in (LIU_ID, LIU_PHONE, unknown_id, unknown_phone, WRONG, PASSWORD):
        assert secret not in kept
    assert f"user:{liu.pk}" in kept


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.1", "192.0.2.7"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.9, 198.51.100.1, 192.0.2.1", "198.51.100.1"),
        (2, "198.51.100.1", "192.0.2.7"),
        (1, "nonsense", None),
        (1, "", None),
    ],
)
def test_a_forwarded_address_counts_only_as_far_as_our_own_proxies_reach(
    settings: Settings, proxies: int, forwarded: str, address: str | None
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "192.0.2.7", "HTTP_X_FORWARDED_FOR": forwarded}
    assert client_address(request) == address


def test_a_request_over_a_unix_socket_has_no_address(settings: Settings) -> None:
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": ""}
    assert client_address(request) is None
