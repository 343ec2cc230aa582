from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tongban.accounts.looks import ReasonMissing, look
from tongban.accounts.models import LedgerIsAppendOnly, Look, User

from .conftest import LIU_PHONE


def seen_phone(viewer: User, owner: User, reason: str = "电话核实补正材料") -> str:
    return look(
        viewer=viewer,
        subject_kind="user",
        subject_key=str(owner.pk),
        field="phone",
        reason=reason,
        value=lambda: owner.phone or "",
    )


def test_a_clerk_sees_the_number_and_the_look_is_on_record(clerk: User, liu: User) -> None:
    assert seen_phone(clerk, liu, "  电话核实\n补正材料 ") == LIU_PHONE
    entry = Look.objects.get()
    assert (entry.viewer, entry.subject_kind, entry.subject_key) == (clerk, "user", str(liu.pk))
    assert (entry.field, entry.reason) == ("phone", "电话核实 补正材料")
    assert timezone.now() - entry.at < timedelta(minutes=1)


@pytest.mark.parametrize("reason", ["", "   ", "核实", "核 实 ", "因" * 201])
def test_without_a_proper_reason_nothing_is_shown_and_nothing_recorded(
    clerk: User, liu: User, reason: str
) -> None:
    with pytest.raises(ReasonMissing, match="查看原因"):
        seen_phone(clerk, liu, reason)
    assert not Look.objects.exists()


def test_the_record_is_written_before_the_value_is_read(clerk: User) -> None:
    def value() -> str:
        assert Look.objects.count() == 1
        raise LookupError

    with pytest.raises(LookupError):
        look(
            viewer=clerk,
            subject_kind="case",
            subject_key="7",
            field="id_number",
            reason="当面核对身份",
            value=value,
        )
    assert Look.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_look_inside_a_transaction_that_could_forget_it_is_refused(
    clerk: User, liu: User
) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        seen_phone(clerk, liu)


def test_the_model_refuses_to_change_the_ledger(clerk: User, liu: User) -> None:
    seen_phone(clerk, liu)
    entry = Look.objects.get()
    entry.reason = "别的原因"
    for change in (
        entry.save,
        entry.delete,
        Look.objects.all().delete,
        lambda: Look.objects.update(reason="别的原因"),
    ):
        with pytest.raises(LedgerIsAppendOnly):
            change()


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_look SET reason = ''", "DELETE FROM accounts_look"]
)
def test_the_database_refuses_to_change_the_ledger(clerk: User, liu: User, statement: str) -> None:
    seen_phone(clerk, liu)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Look.objects.get().reason == "电话核实补正材料"
