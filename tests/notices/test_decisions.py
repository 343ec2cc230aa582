"""A person decides about what failed or is in doubt, on the command line for now."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tongban.accounts.models import User
from tongban.notices.claims import CLAIM
from tongban.notices.decisions import (
    NotWaitingForAPerson,
    confirm,
    needing_a_person,
    retry,
    skip,
)
from tongban.notices.dispatch import Delivered, deliver_due
from tongban.notices.models import Notice

from .conftest import Mailbox, MailServer, owed_email, owed_message, written

NOW = timezone.now()


@pytest.fixture
def failed(citizen: User) -> Notice:
    return written(owed_email(citizen), state="failed", attempts=8, last_error="550 full")


@pytest.fixture
def unsure(citizen: User) -> Notice:
    return written(owed_email(citizen), state="unsure", attempts=1, claimed_until=NOW + CLAIM)


def state_of(notice: Notice) -> str:
    notice.refresh_from_db()
    return notice.state


def test_what_failed_and_what_is_in_doubt_needs_a_person(
    citizen: User, failed: Notice, unsure: Notice
) -> None:
    written(owed_email(citizen))
    written(owed_message(citizen))

    assert list(needing_a_person()) == [unsure, failed]


def test_a_failed_notice_is_sent_again_with_all_its_tries(
    failed: Notice, mail_server: MailServer, mailbox: Mailbox
) -> None:
    retry(failed.pk, now=NOW)

    assert deliver_due(now=NOW) == Delivered(sent=1)
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("delivered", 1)


def test_one_in_doubt_is_sent_again_if_a_person_says_so(
    unsure: Notice, mail_server: MailServer
) -> None:
    retry(unsure.pk, now=NOW)

    assert deliver_due(now=NOW) == Delivered(sent=1)


def test_to_skip_takes_a_reason_and_keeps_it(failed: Notice) -> None:
    with pytest.raises(ValueError, match="reason"):
        skip(failed.pk, "  ")
    assert state_of(failed) == "failed"

    skip(failed.pk, " 已电话告知 ")

    assert state_of(failed) == "skipped"
    assert failed.skip_reason == "已电话告知"


def test_a_reason_that_is_too_long_is_cut(failed: Notice) -> None:
    skip(failed.pk, "长" * 1000)

    assert state_of(failed) == "skipped"


def test_one_in_doubt_that_was_found_in_the_servers_log_is_delivered(unsure: Notice) -> None:
    arrived = NOW - timedelta(minutes=3)

    confirm(unsure.pk, delivered_at=arrived)

    assert state_of(unsure) == "delivered"
    assert unsure.delivered_at == arrived


def test_what_is_on_its_way_or_done_is_nobodys_decision(citizen: User) -> None:
    pending, done = written(owed_email(citizen)), written(owed_message(citizen))

    for notice in (pending, done):
        before = state_of(notice)
        with pytest.raises(NotWaitingForAPerson):
            retry(notice.pk)
        with pytest.raises(NotWaitingForAPerson):
            skip(notice.pk, "不需要")
        with pytest.raises(NotWaitingForAPerson):
            confirm(notice.pk, delivered_at=NOW)
        assert state_of(notice) == before


def test_of_two_people_the_second_one_is_told(failed: Notice) -> None:
    skip(failed.pk, "已电话告知")

    with pytest.raises(NotWaitingForAPerson):
        skip(failed.pk, "已当面告知")


def test_the_command_lists_them_and_carries_out_a_decision(failed: Notice, unsure: Notice) -> None:
    listed = StringIO()
    call_command("stuck_notices", stdout=listed)
    assert f"{failed.pk}  failed" in listed.getvalue()
    assert "550 full" in listed.getvalue()

    call_command("stuck_notices", skip=failed.pk, reason="已电话告知", stdout=StringIO())
    decision = ["--confirm", str(unsure.pk), "--at", "2026-11-21T09:30"]
    call_command("stuck_notices", *decision, stdout=StringIO())

    assert (state_of(failed), state_of(unsure)) == ("skipped", "delivered")
    assert str(unsure.delivered_at) == "2026-11-21 01:30:00+00:00"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--skip", "{id}"],
        ["--confirm", "{id}"],
        ["--confirm", "{id}", "--at", "yesterday"],
        ["--retry", "0"],
    ],
)
def test_the_command_refuses_half_a_decision(failed: Notice, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("stuck_notices", *[each.format(id=failed.pk) for each in arguments])

    assert state_of(failed) == "failed"


def test_the_command_delivers_without_any_broker(
    citizen: User, mail_server: MailServer, mailbox: Mailbox
) -> None:
    written(owed_email(citizen))
    said = StringIO()

    call_command("deliver_notices", stdout=said)

    assert said.getvalue().startswith("1 sent, 0 failed")
    assert len(mailbox.messages()) == 1
