"""Which papers reached their people, and when: what a case records as service."""

from datetime import timedelta

from django.utils import timezone

from tongban.accounts.models import User
from tongban.notices.deliveries import delivered_documents
from tongban.notices.inbox import mark_read

from .conftest import owed_email, owed_message, written

NOW = timezone.now()
EARLIER = NOW - timedelta(hours=2)


def test_a_paper_in_the_inbox_is_served_when_it_is_opened(citizen: User) -> None:
    notice = written(owed_message(citizen, document_id=5))
    assert not delivered_documents().exists()

    mark_read(notice=notice, at=NOW)

    [served] = delivered_documents()
    assert (served.document_id, served.served_at, served.channel) == (5, NOW, "inbox")


def test_a_paper_by_email_is_served_when_the_mail_server_took_it(citizen: User) -> None:
    written(owed_email(citizen, document_id=5), state="delivered", delivered_at=EARLIER)

    [served] = delivered_documents()
    assert served.served_at == EARLIER


def test_a_failed_or_doubtful_message_serves_nothing(citizen: User) -> None:
    written(owed_email(citizen, document_id=5), state="failed")
    written(owed_email(citizen, document_id=5), state="unsure", claimed_until=NOW)
    written(owed_email(citizen, document_id=5), state="skipped", skip_reason="没有邮箱")
    written(owed_email(citizen, document_id=5))

    assert not delivered_documents().exists()


def test_a_message_without_a_paper_is_no_service(citizen: User) -> None:
    mark_read(notice=written(owed_message(citizen)), at=NOW)

    assert not delivered_documents().exists()


def test_they_come_in_the_order_of_service_and_from_a_moment_on(citizen: User) -> None:
    late = written(owed_message(citizen, document_id=1))
    written(owed_email(citizen, document_id=2), state="delivered", delivered_at=EARLIER)
    mark_read(notice=late, at=NOW)

    assert [row.document_id for row in delivered_documents()] == [2, 1]
    assert [row.document_id for row in delivered_documents(since=NOW)] == [1]
