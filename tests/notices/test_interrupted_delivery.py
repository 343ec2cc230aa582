"""A worker dies, hangs or loses its claim in the middle: nothing is lost and nothing sent twice."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from tongban.accounts.models import User
from tongban.celery import worker_command
from tongban.notices import delivering, hints
from tongban.notices.claims import CLAIM, claim, settle_abandoned
from tongban.notices.dispatch import Delivered, deliver_due, deliver_together
from tongban.notices.models import Notice, NoticeState, Preference

from .conftest import (
    PATIENCE,
    Mailbox,
    MailServer,
    SmsGateway,
    Stall,
    owed_email,
    owed_sms,
    written,
)

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()
# When claims made at NOW have run out. A process of its own claims by the real clock: `later()`.
LATER = NOW + CLAIM + timedelta(minutes=5)


def later() -> datetime:
    """When the claims of a process that died just now have run out."""
    return timezone.now() + CLAIM + timedelta(minutes=5)


def killed(process: subprocess.Popen[bytes]) -> None:
    """The process and its children, at once and without a chance to tidy up."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE)


def started(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603


def test_a_celery_worker_killed_before_the_text_went_out_costs_nothing_but_time(
    citizen: User,
    mail_server: MailServer,
    mailbox: Mailbox,
    stall: Stall,
    site_environment: Callable[[], dict[str, str]],
) -> None:
    mailbox.answer_to_recipient = stall
    notices = [written(owed_email(citizen)) for _ in range(3)]
    hints.knock()
    worker = started(worker_command(), site_environment())
    try:
        assert stall.reached.wait(PATIENCE)
    finally:
        killed(worker)
    mailbox.answer_to_recipient = lambda _: "250 OK"

    assert deliver_due(now=later()) == Delivered(sent=3)
    assert len(mailbox.messages()) == len(notices)
    assert deliver_due(now=later() + timedelta(days=1)) == Delivered()


def test_a_process_killed_after_the_text_went_out_leaves_a_notice_in_doubt(
    citizen: User,
    mail_server: MailServer,
    mailbox: Mailbox,
    stall: Stall,
    site_environment: Callable[[], dict[str, str]],
) -> None:
    mailbox.answer_to_text = stall
    first, second = written(owed_email(citizen)), written(owed_email(citizen))
    process = started([sys.executable, "manage.py", "deliver_notices"], site_environment())
    try:
        assert stall.reached.wait(PATIENCE)
    finally:
        killed(process)
    # The server takes what it already has, as servers do.
    stall.go_on.set()
    mailbox.arrived.get(timeout=PATIENCE)
    mailbox.answer_to_text = lambda _: "250 OK"

    assert deliver_due(now=later()) == Delivered(sent=1)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("unsure", "delivered")
    assert deliver_due(now=later() + timedelta(days=1)) == Delivered()
    assert len(mailbox.messages()) == 1  # the second one; the first was taken out above


def test_a_server_that_never_answers_the_text_leaves_a_notice_in_doubt(
    citizen: User, mail_server: MailServer, mailbox: Mailbox, stall: Stall, settings: Any
) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    mailbox.answer_to_text = stall
    notice = written(owed_email(citizen))

    assert deliver_due(now=NOW) == Delivered(unsure=1)

    notice.refresh_from_db()
    assert notice.state == "unsure"
    assert deliver_due(now=LATER) == Delivered()


def test_a_server_that_hangs_before_the_text_is_tried_again(
    citizen: User, mail_server: MailServer, mailbox: Mailbox, stall: Stall, settings: Any
) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    mailbox.answer_to_recipient = stall
    written(owed_email(citizen))

    assert deliver_due(now=NOW) == Delivered(postponed=1)

    mailbox.answer_to_recipient = lambda _: "250 OK"
    assert deliver_due(now=LATER) == Delivered(sent=1)
    assert len(mailbox.messages()) == 1


def test_a_server_that_goes_away_and_comes_back_gets_everything_once(
    citizen: User, mail_server: MailServer, mailbox: Mailbox
) -> None:
    for _ in range(3):
        written(owed_email(citizen))
    mail_server.stop()
    assert deliver_due(now=NOW) == Delivered(postponed=1)
    mail_server.start()

    assert deliver_due(now=NOW + timedelta(minutes=1)) == Delivered(sent=3)
    assert len(mailbox.messages()) == 3


def overtaken_in_the_dialogue(
    citizen: User, mailbox: Mailbox, stall: Stall
) -> tuple[list[Delivered], list[Delivered]]:
    """One worker is slow while the server looks at the address; its claim runs out, another goes."""
    written(owed_email(citizen))
    mailbox.answer_to_recipient = stall
    slow: list[Delivered] = []

    def deliver_slowly() -> None:
        slow.append(deliver_due(now=NOW))
        connections.close_all()

    thread = threading.Thread(target=deliver_slowly)
    thread.start()
    assert stall.reached.wait(PATIENCE)
    mailbox.answer_to_recipient = lambda _: "250 OK"
    quick = [deliver_due(now=LATER)]
    stall.go_on.set()
    thread.join(PATIENCE)
    return slow, quick


def test_a_worker_whose_claim_ran_out_sends_nothing(
    citizen: User, mail_server: MailServer, mailbox: Mailbox, stall: Stall
) -> None:
    slow, quick = overtaken_in_the_dialogue(citizen, mailbox, stall)

    assert (slow, quick) == ([Delivered(postponed=1)], [Delivered(sent=1)])
    assert len(mailbox.messages()) == 1
    assert Notice.objects.get().state == NoticeState.DELIVERED


def test_twin_without_the_word_before_the_text_it_would_be_sent_twice(
    citizen: User,
    mail_server: MailServer,
    mailbox: Mailbox,
    stall: Stall,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivering, "hand_over", lambda _: None)

    overtaken_in_the_dialogue(citizen, mailbox, stall)

    assert len(mailbox.messages()) == 2


def claimed_by_two_at_once(claim: Callable[[], Sequence[Notice]]) -> list[int]:
    """Ids of the notices that two workers claim at the same moment."""
    start = threading.Barrier(2)
    claimed: list[int] = []

    def work() -> None:
        start.wait(PATIENCE)
        claimed.extend(notice.pk for notice in claim())
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return claimed


def test_two_workers_never_claim_the_same_notice(citizen: User) -> None:
    notices = [written(owed_email(citizen)) for _ in range(2)]

    assert sorted(claimed_by_two_at_once(lambda: claim("email", NOW, most=1))) == [
        n.pk for n in notices
    ]


def test_twin_without_the_lock_two_workers_claim_the_same_notice(citizen: User) -> None:
    for _ in range(2):
        written(owed_email(citizen))
    both_have_read = threading.Barrier(2)

    @transaction.atomic
    def claim_unlocked() -> list[Notice]:
        notice = Notice.objects.filter(claimed_until=None).order_by("next_attempt_at").first()
        both_have_read.wait(PATIENCE)
        assert notice is not None
        notice.claimed_until = NOW + CLAIM
        notice.save(update_fields=["claimed_until"])
        return [notice]

    first, second = claimed_by_two_at_once(claim_unlocked)
    assert first == second


def test_an_answer_that_comes_late_ends_the_doubt(
    citizen: User, mail_server: MailServer, mailbox: Mailbox
) -> None:
    """Its claim ran out while the server thought about the text, and a sweep put it in doubt."""
    notice = written(owed_email(citizen))

    def answer(_: Any) -> str:
        try:
            settle_abandoned("email", NoticeState.UNSURE, LATER)
            assert Notice.objects.get().state == NoticeState.UNSURE
        finally:
            connections.close_all()
        return "250 OK"

    mailbox.answer_to_text = answer

    assert deliver_due(now=NOW) == Delivered(sent=1)
    notice.refresh_from_db()
    assert notice.state == "delivered"


def test_a_process_killed_between_the_gateway_and_its_answer_sends_nothing_twice(
    caller: User,
    first_gateway: SmsGateway,
    second_gateway: SmsGateway,
    stall: Stall,
    settings: Any,
    site_environment: Callable[[], dict[str, str]],
) -> None:
    # Whoever works at night, too.
    Preference.objects.create(user=caller, quiet_from=time(0), quiet_until=time(0))
    notices = [written(owed_sms(caller)) for _ in range(3)]
    first_gateway.after = stall
    settings.SMS_GATEWAYS = [{**entry, "read_seconds": 60} for entry in settings.SMS_GATEWAYS]
    environment = {
        **site_environment(), "SMS_GATEWAYS": json.dumps(settings.SMS_GATEWAYS),
        "DEBUG": "1", "DEMONSTRATION": "1",
    }  # fmt: skip
    process = started([sys.executable, "manage.py", "deliver_notices"], environment)
    try:
        assert stall.reached.wait(PATIENCE)
    finally:
        killed(process)
    stall.go_on.set()
    first_gateway.after = lambda _: None

    for minutes in range(3):
        deliver_due(now=later() + timedelta(minutes=minutes))

    took = first_gateway.took + second_gateway.took
    assert sorted(took) == sorted(str(notice.pk) for notice in notices)
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.DELIVERED}


def test_while_a_mail_server_hangs_text_messages_go_out(
    citizen: User,
    caller: User,
    mail_server: MailServer,
    mailbox: Mailbox,
    stall: Stall,
    first_gateway: SmsGateway,
) -> None:
    Preference.objects.create(user=caller, quiet_from=time(0), quiet_until=time(0))
    mailbox.answer_to_recipient = stall
    written(owed_email(citizen))
    text_message = written(owed_sms(caller))
    arrived = threading.Event()
    first_gateway.after = lambda _: arrived.set()
    done: list[Delivered] = []
    run = threading.Thread(target=lambda: done.append(deliver_together()))
    run.start()

    assert stall.reached.wait(PATIENCE)
    assert arrived.wait(PATIENCE), "it waited for the mail server"
    assert first_gateway.took == [str(text_message.pk)]
    stall.go_on.set()
    run.join(PATIENCE)

    assert done == [Delivered(sent=2)]
