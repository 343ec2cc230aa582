"""Showing personal data in full is an act: it has a reason, and it is written down first."""

from collections.abc import Callable

from django.db import transaction

from .models import Look, User

LEAST_REASON = 4
LONGEST_REASON = 200


class ReasonMissing(ValueError):
    """The reason is too short or too long; the message is for the person who looked."""


def look(
    *,
    viewer: User,
    subject_kind: str,
    subject_key: str,
    field: str,
    reason: str,
    value: Callable[[], str],
    office_id: int | None = None,
) -> str:
    """Records that `viewer` looks at `field` of a subject, then returns `value()`.

    The record is committed before the value is read, so call it outside a transaction: a rollback
    would forget a look that took place (RuntimeError otherwise). `office_id` is the desk at which
    the viewer sat. Raises ReasonMissing for a reason under 4 or over 200 characters.
    """
    reason = checked_reason(reason)
    with transaction.atomic(durable=True):
        Look.objects.create(
            viewer=viewer,
            office_id=office_id,
            subject_kind=subject_kind,
            subject_key=subject_key,
            field=field,
            reason=reason,
        )
    return value()


def checked_reason(reason: str) -> str:
    """The reason without surrounding blanks. Raises ReasonMissing."""
    reason = " ".join(reason.split())
    if len(reason) < LEAST_REASON:
        raise ReasonMissing(f"请写明查看原因，至少 {LEAST_REASON} 个字。")
    if len(reason) > LONGEST_REASON:
        raise ReasonMissing(f"查看原因请控制在 {LONGEST_REASON} 个字以内。")
    return reason
