"""Everything owed is delivered, once, whatever the mail server and the workers do."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tongban.accounts.models import User
from tongban.notices.claims import CLAIM
from tongban.notices.delivering import backoff
from tongban.notices.dispatch import BUDGET, Delivered, deliver_due
from tongban.notices.models import Notice, NoticeState
from tongban.notices.smtp import MailSession

from .conftest import Mailbox, MailServer, closed_port, owed_email, owed_message, written

NOW = timezone.now()


def test_an_email_owed_to_a_citizen_arrives_and_is_marked_delivered(
    citizen: User, mail_server: MailServer, mailbox: Mailbox
) -> None:
    notice = written(owed_email(citizen))

    assert deliver_due(now=NOW) == Delivered(sent=1)

    notice.refresh_from_db()
    assert (notice.state, notice.delivered_at, notice.attempts) == ("delivered", NOW, 1)
    assert notice.claimed_until is None
    assert [str(message["To"]) for message in mailbox.messages()] == ["zhang@example.com"]


def test_a_second_run_sends_nothing_again(
    citizen: User, mail_server: MailServer, mailbox: Mailbox
) -> None:
    written(owed_email(citizen))
    deliver_due(now=NOW)

    assert deliver_due(now=NOW + timedelta(days=1)) == Delivered()
    assert len(mailbox.messages()) == 1


def test_all_due_notices_go_out_over_one_connection(
    citizen: User, mail_server: MailServer, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    connect = MailSession.connected

    def counting(self: Any) -> Any:
        opened.append(self.backend is None)
        return connect(self)

    monkeypatch.setattr(MailSession, "connected", counting)
    for _ in range(5):
        written(owed_email(citizen))

    assert deliver_due(limit=None, now=NOW).sent == 5
    assert opened.count(True) == 1


def test_no_more_than_the_limit_is_tried(citizen: User, mail_server: MailServer) -> None:
    for _ in range(3):
        written(owed_email(citizen))

    assert deliver_due(limit=2, now=NOW).sent == 2
    assert Notice.objects.filter(state=NoticeState.PENDING).count() == 1


def test_when_the_time_is_up_the_rest_waits_for_the_next_run(
    citizen: User, mail_server: MailServer
) -> None:
    written(owed_email(citizen))

    assert deliver_due(now=NOW, budget=timedelta(0)) == Delivered()
    assert deliver_due(now=NOW, budget=BUDGET).sent == 1


def test_the_one_due_longest_goes_first_and_what_is_not_due_stays(
    citizen: User, mail_server: MailServer, mailbox: Mailbox
) -> None:
    written(owed_email(citizen, template="approved"), next_attempt_at=NOW - timedelta(hours=1))
    written(owed_email(citizen, template="received"), next_attempt_at=NOW - timedelta(hours=2))
    written(owed_email(citizen, template="refused"), next_attempt_at=NOW + timedelta(seconds=1))

    deliver_due(now=NOW)

    # A long encoded subject starts on a line of its own, behind a space.
    subjects = [str(message["Subject"]).strip() for message in mailbox.messages()]
    assert [subject.split("：")[0] for subject in subjects] == [
        "【川渝通办】材料已收到",
        "【川渝通办】审批通过",
    ]


def test_a_template_that_is_missing_fails_alone(
    citizen: User, mail_server: MailServer, mailbox: Mailbox
) -> None:
    broken = written(owed_email(citizen, template="no_such_words"))
    written(owed_email(citizen))

    assert deliver_due(now=NOW) == Delivered(sent=1, failed=1)

    broken.refresh_from_db()
    assert broken.state == "failed"
    assert "TemplateDoesNotExist" in broken.last_error


def test_an_address_that_no_message_can_carry_fails_alone(
    citizen: User, neighbour: User, mail_server: MailServer
) -> None:
    neighbour.email = "li@example.com\nBcc: everybody@example.com"
    neighbour.save()
    broken = written(owed_email(neighbour))
    written(owed_email(citizen))

    assert deliver_due(now=NOW) == Delivered(sent=1, failed=1)
    broken.refresh_from_db()
    assert broken.state == "failed"


def test_without_an_address_it_is_skipped_with_the_reason(
    neighbour: User, mail_server: MailServer
) -> None:
    notice = written(owed_email(neighbour))

    assert deliver_due(now=NOW) == Delivered(skipped=1)

    notice.refresh_from_db()
    assert (notice.state, notice.skip_reason) == ("skipped", "收件人没有可用的电子邮箱")


def test_somebody_whose_account_was_closed_gets_no_more_email(
    citizen: User, mail_server: MailServer, mailbox: Mailbox
) -> None:
    citizen.is_active = False
    citizen.save()
    written(owed_email(citizen))

    assert deliver_due(now=NOW) == Delivered(skipped=1)
    assert mailbox.messages() == []


def test_the_address_is_the_one_of_the_day_of_delivery(
    citizen: User, mail_server: MailServer, mailbox: Mailbox
) -> None:
    written(owed_email(citizen))
    citizen.email = "new@example.com"
    citizen.save()

    deliver_due(now=NOW)

    assert mailbox.recipients == ["new@example.com"]


def test_somebody_without_an_account_is_reached_at_the_sealed_address(
    citizen: User, mail_server: MailServer, mailbox: Mailbox
) -> None:
    owed = owed_email(citizen, user_id=None, recipient="email:1f", address="agent@example.com")
    written(owed)

    assert deliver_due(now=NOW).sent == 1
    assert mailbox.recipients == ["agent@example.com"]


def test_a_message_in_the_inbox_is_none_of_the_dispatchers_business(
    citizen: User, mail_server: MailServer
) -> None:
    written(owed_message(citizen))

    assert deliver_due(now=NOW) == Delivered()


def test_without_a_mail_server_in_the_settings_all_stays_owed(citizen: User, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    notice = written(owed_email(citizen))

    assert deliver_due(now=NOW) == Delivered()
    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == ("pending", 0)


def test_a_permanent_refusal_of_the_address_fails_at_once(
    citizen: User, mail_server: MailServer, mailbox: Mailbox
) -> None:
    mailbox.answer_to_recipient = lambda address: f"550 no mailbox {address}"
    notice = written(owed_email(citizen))

    assert deliver_due(now=NOW) == Delivered(failed=1)

    notice.refresh_from_db()
    assert notice.state == "failed"
    assert notice.last_error.startswith("550")
    assert "zhang@example.com" not in notice.last_error


def test_a_permanent_refusal_of_the_text_fails_at_once(
    citizen: User, mail_server: MailServer, mailbox: Mailbox
) -> None:
    mailbox.answer_to_text = lambda _: "554 looks like spam"
    written(owed_email(citizen))

    assert deliver_due(now=NOW) == Delivered(failed=1)


@pytest.mark.parametrize("where", ["answer_to_recipient", "answer_to_text"])
def test_a_temporary_refusal_is_tried_again_after_a_minute(
    where: str, citizen: User, mail_server: MailServer, mailbox: Mailbox
) -> None:
    setattr(mailbox, where, lambda _: "451 greylisted")
    notice = written(owed_email(citizen))

    assert deliver_due(now=NOW) == Delivered(postponed=1)

    notice.refresh_from_db()
    assert (notice.state, notice.next_attempt_at) == ("pending", NOW + timedelta(minutes=1))
    setattr(mailbox, where, lambda _: "250 OK")
    assert deliver_due(now=NOW + timedelta(seconds=59)) == Delivered()
    assert deliver_due(now=NOW + timedelta(seconds=60)) == Delivered(sent=1)
    assert len(mailbox.messages()) == 1


def test_one_that_is_refused_holds_up_nobody_else(
    citizen: User, neighbour: User, mail_server: MailServer, mailbox: Mailbox
) -> None:
    neighbour.email = "li@example.com"
    neighbour.save()
    mailbox.answer_to_recipient = lambda to: "250 OK" if to.startswith("zhang") else "451 later"
    written(owed_email(neighbour))
    written(owed_email(citizen))

    assert deliver_due(now=NOW) == Delivered(sent=1, postponed=1)


def test_the_waits_are_1_5_25_and_125_minutes() -> None:
    assert [backoff(tries) for tries in (1, 2, 3, 4)] == [
        timedelta(minutes=minutes) for minutes in (1, 5, 25, 125)
    ]


def test_after_eight_refusals_a_person_has_to_look(
    citizen: User, mail_server: MailServer, mailbox: Mailbox
) -> None:
    mailbox.answer_to_recipient = lambda _: "450 busy"
    notice = written(owed_email(citizen))

    for tries in range(1, 9):
        deliver_due(now=notice.next_attempt_at or NOW)
        notice.refresh_from_db()
        assert notice.attempts == tries
        assert notice.state == ("failed" if tries == 8 else "pending")


def test_while_the_mail_server_is_down_no_try_is_used_up_and_then_all_arrive_once(
    citizen: User, mail_server: MailServer, mailbox: Mailbox, settings: Any
) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, closed_port()
    notices = [written(owed_email(citizen)) for _ in range(3)]

    for minutes in range(20):
        done = deliver_due(now=NOW + timedelta(minutes=minutes))
        # One knock at a closed door is enough for a run.
        assert done == Delivered(postponed=1)
    for notice in notices:
        notice.refresh_from_db()
        assert (notice.state, notice.attempts) == ("pending", 0)
    assert any("refused" in notice.last_error for notice in notices)

    settings.EMAIL_PORT = port
    assert deliver_due(now=NOW + timedelta(minutes=21)) == Delivered(sent=3)
    assert len(mailbox.messages()) == 3
    assert set(Notice.objects.values_list("state", "last_error")) == {("delivered", "")}


def test_a_row_whose_every_worker_died_stops_taking_workers_down(
    citizen: User, mail_server: MailServer
) -> None:
    notice = written(owed_email(citizen), attempts=8, claimed_until=NOW - timedelta(seconds=1))

    assert deliver_due(now=NOW) == Delivered()

    notice.refresh_from_db()
    assert notice.state == "failed"


def test_a_row_that_another_worker_has_is_left_alone(
    citizen: User, mail_server: MailServer, mailbox: Mailbox
) -> None:
    written(owed_email(citizen), attempts=1, claimed_until=NOW + CLAIM)

    assert deliver_due(now=NOW) == Delivered()
    assert mailbox.messages() == []
