"""What is owed is written once, with the transaction that it tells of."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tongban.accounts.models import User
from tongban.notices.models import Notice
from tongban.notices.outbox import channels_for, owe

from .conftest import owed_email, owed_message

NOW = timezone.now()


def test_a_message_to_the_inbox_is_delivered_by_being_written(citizen: User) -> None:
    owe([owed_message(citizen)], NOW)

    notice = Notice.objects.get()
    assert (notice.state, notice.delivered_at, notice.read_at) == ("delivered", NOW, None)


def test_an_email_waits_for_the_dispatcher_from_that_moment_on(citizen: User) -> None:
    owe([owed_email(citizen)], NOW)

    notice = Notice.objects.get()
    assert (notice.state, notice.next_attempt_at, notice.delivered_at) == ("pending", NOW, None)


def test_owing_the_same_twice_is_owing_it_once(citizen: User, neighbour: User) -> None:
    first = owed_message(citizen, event_key="case:7:3", template="accepted")

    owe([first], NOW)
    owe([first, owed_message(neighbour, event_key="case:7:3")], NOW)

    assert Notice.objects.count() == 2


def test_the_same_event_reaches_a_person_by_both_channels(citizen: User) -> None:
    owe([owed_message(citizen, event_key="e"), owed_email(citizen, event_key="e")], NOW)

    assert set(Notice.objects.values_list("channel", flat=True)) == {"inbox", "email"}


def test_nothing_is_owed_when_the_step_is_rolled_back(citizen: User) -> None:
    with transaction.atomic():
        owe([owed_message(citizen)], NOW)
        transaction.set_rollback(True)

    assert not Notice.objects.exists()


def test_an_address_lies_sealed_in_the_table(citizen: User) -> None:
    owe([owed_email(citizen, user_id=None, address="agent@example.com")], NOW)

    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM notices_notice")
        [(stored,)] = cursor.fetchall()
    assert "agent" not in stored
    assert Notice.objects.get().address == "agent@example.com"


def test_people_are_reached_by_email_only_where_both_sides_have_it(
    citizen: User, neighbour: User, settings: Any
) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    assert channels_for(citizen) == ("inbox", "email")
    assert channels_for(neighbour) == ("inbox",)

    settings.EMAIL_HOST = ""
    assert channels_for(citizen) == ("inbox",)


def test_a_row_can_be_written_with_the_few_columns_that_matter(citizen: User) -> None:
    """The engine writes it inside a statement of its own; the rest has defaults in the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notices_notice (event_key, channel, recipient, user_id, template,"
            " next_attempt_at) VALUES ('case:1:1', 'email', 'user:1', %s, 'accepted', now())",
            [citizen.pk],
        )

    notice = Notice.objects.get()
    assert (notice.state, notice.attempts, notice.context) == ("pending", 0, {})
    assert (notice.subject_kind, notice.last_error, notice.skip_reason) == ("", "", "")
    assert notice.created_at is not None


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"channel": "fax"}, "notice_channel_known"),
        ({"state": "lost"}, "notice_state_known"),
        ({"channel": "inbox"}, "notice_inbox_born_delivered"),
        ({"state": "delivered"}, "notice_delivered_has_moment"),
        ({"next_attempt_at": None}, "notice_pending_has_moment"),
        ({"state": "sending"}, "notice_sending_is_claimed"),
        ({"state": "skipped"}, "notice_skipped_has_reason"),
        ({"read_at": NOW}, "notice_only_inbox_is_read"),
    ],
)
def test_the_table_refuses_rows_that_contradict_themselves(
    citizen: User, changes: dict[str, Any], rule: str
) -> None:
    owe([owed_email(citizen)], NOW)

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Notice.objects.update(**changes)
