"""How people want to be told, and that nobody's phone rings at night."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from tongban.accounts.models import User
from tongban.notices.dispatch import Delivered, deliver_due
from tongban.notices.models import Channel, Preference
from tongban.notices.preferences import may_disturb

from .conftest import MailServer, SmsGateway, owed_email, owed_sms, written

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(hour: int, minute: int = 0, day: int = 21) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        (at(20, 59), None),
        (at(21), at(8, day=22)),
        (at(23, 59), at(8, day=22)),
        (at(0), at(8)),
        (at(7, 59), at(8)),
        (at(8), None),
    ],
)
def test_nobody_chose_anything_and_the_night_lasts_from_nine_to_eight(
    moment: datetime, until: datetime | None
) -> None:
    assert may_disturb(None, Channel.SMS, moment) == until
    assert may_disturb(None, Channel.EMAIL, moment) is None


def test_a_person_chooses_the_hours(caller: User) -> None:
    Preference.objects.create(user=caller, quiet_from=time(12, 30), quiet_until=time(14))
    assert may_disturb(caller.pk, Channel.SMS, at(13)) == at(14)
    assert may_disturb(caller.pk, Channel.SMS, at(23)) is None

    Preference.objects.update(quiet_from=time(9), quiet_until=time(9))
    assert may_disturb(caller.pk, Channel.SMS, at(9)) is None


def test_a_text_message_owed_at_night_goes_out_in_the_morning_with_all_its_tries(
    caller: User, first_gateway: SmsGateway
) -> None:
    notice = written(owed_sms(caller), next_attempt_at=at(22))

    assert deliver_due(now=at(23)) == Delivered(postponed=1)
    notice.refresh_from_db()
    assert (notice.next_attempt_at, notice.attempts) == (at(8, day=22), 0)

    assert deliver_due(now=at(8, day=22)) == Delivered(sent=1)
    assert len(first_gateway.took) == 1


def test_what_is_switched_off_is_not_sent_and_the_row_says_why(
    caller: User, first_gateway: SmsGateway
) -> None:
    Preference.objects.create(user=caller, by_sms=False)
    notice = written(owed_sms(caller), next_attempt_at=at(10))

    assert deliver_due(now=at(11)) == Delivered(skipped=1)
    notice.refresh_from_db()
    assert (notice.state, notice.skip_reason) == ("skipped", "本人已关闭短信通知")


@pytest.mark.parametrize(
    ("template", "has_phone", "sent"),
    [
        ("supplement_required", True, ["sms"]),
        ("supplement_required", False, ["email"]),
        ("accepted", True, []),
    ],
)
def test_with_everything_off_a_deadline_still_comes_by_one_way(
    template: str, has_phone: bool, sent: list[str], citizen: User,
    mail_server: MailServer, first_gateway: SmsGateway,
) -> None:  # fmt: skip
    citizen.phone = "13800001234" if has_phone else None
    citizen.save()
    Preference.objects.create(user=citizen, by_sms=False, by_email=False)
    written(owed_email(citizen, template=template), next_attempt_at=at(10))
    if has_phone:
        written(owed_sms(citizen, template=template), next_attempt_at=at(10))

    deliver_due(now=at(11))

    states = citizen.notices.values_list("channel", "state")
    assert sorted(c for c, state in states if state == "delivered") == sent


def test_a_paper_that_has_no_text_message_keeps_its_email(
    citizen: User, mail_server: MailServer, first_gateway: SmsGateway
) -> None:
    citizen.phone = "13800001234"
    citizen.save()
    Preference.objects.create(user=citizen, by_sms=False, by_email=False)
    written(owed_email(citizen, template="delivered", document_id=5), next_attempt_at=at(10))

    assert deliver_due(now=at(11)) == Delivered(sent=1)


def test_a_whole_batch_asks_once_for_what_people_chose(
    caller: User, first_gateway: SmsGateway, django_assert_max_num_queries: Any
) -> None:
    for _ in range(6):
        written(owed_sms(caller), next_attempt_at=at(10))

    # Per message: handed over (two, and the savepoint's two), accepted, settled; the rest once.
    with django_assert_max_num_queries(6 * 6 + 28):
        assert deliver_due(now=at(11)).sent == 6


@pytest.fixture
def own_page(caller: User, client: Client) -> Client:
    client.force_login(caller, backend="tongban.accounts.backends.NamePhoneOrIdBackend")
    return client


def test_the_page_keeps_a_choice_and_shows_the_phone_masked(caller: User, own_page: Client) -> None:
    page = own_page.get("/inbox/settings/").content.decode()
    assert "138****1234" in page
    assert "13800001234" not in page

    kept = {"by_email": "on", "quiet_from": "22:00", "quiet_until": "07:30"}
    assert own_page.post("/inbox/settings/", kept).status_code == 302

    chosen = Preference.objects.get(user=caller)
    assert (chosen.by_email, chosen.by_sms) == (True, False)
    assert (chosen.quiet_from, chosen.quiet_until) == (time(22), time(7, 30))


@pytest.mark.parametrize("given", ["25:00", "", "21:07", "<script>"])
def test_an_hour_that_is_none_is_refused(given: str, own_page: Client) -> None:
    page = own_page.post("/inbox/settings/", {"quiet_from": given, "quiet_until": "08:00"})
    assert page.status_code == 200
    assert not Preference.objects.exists()


def test_a_change_leaves_the_digest_alone(caller: User, own_page: Client) -> None:
    Preference.objects.create(user=caller, digest=True)
    own_page.post("/inbox/settings/", {"quiet_from": "21:00", "quiet_until": "08:00"})
    assert Preference.objects.get(user=caller).digest


def test_quiet_hours_end_by_the_clock_of_shanghai() -> None:
    utc = at(21).astimezone(ZoneInfo("UTC"))
    until = may_disturb(None, Channel.SMS, utc)
    assert until is not None
    assert until - utc == timedelta(hours=11)
