"""The ledger of who looked: written here alone, each entry naming the hash of the one before."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

from .models import LookUp, Record

# A subject's chain grows at one end: who writes waits for who is writing. Freed at the end of the
# transaction; the first number keeps these locks apart from anybody else's.
_LOCK = "SELECT pg_advisory_xact_lock(1936220531, hashtext(%s))"


def write(
    look_up: LookUp,
    *,
    act: Record.Act,
    codes: Iterable[str],
    outcome: str,
    user_id: int | None,
    user_name: str,
    office_id: int,
    at: dt.datetime,
    reason: str = "",
) -> Record:
    """One entry, inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [f"{look_up.subject_kind}:{look_up.subject_key}"])
    last = records_of(look_up.subject_kind, [look_up.subject_key]).order_by("-id").first()
    record = Record(
        act=act,
        look_up_id=look_up.pk,
        subject_kind=look_up.subject_kind,
        subject_key=look_up.subject_key,
        resource_id=look_up.resource_id,
        office_id=office_id,
        user_id=user_id,
        user_name=user_name,
        codes=list(codes),
        ground=look_up.ground,
        consent_id=look_up.consent_id,
        outcome=outcome,
        reason=reason,
        value_hash=look_up.value_hash,
        at=at,
        prev=last.hash if last else "",
    )
    record.hash = hash_of(record)
    record.save(force_insert=True)
    return record


def records_of(kind: str, keys: Iterable[str]) -> QuerySet[Record]:
    """The entries of some subjects, in the order in which they were written."""
    found = Record.objects.filter(subject_kind=kind, subject_key__in=list(keys))
    return found.select_related("resource__holder", "office").order_by("id")


def hash_of(record: Record) -> str:
    """SHA-256 over the entry before and everything that this one says."""
    said = {
        "act": str(record.act),
        "look_up": str(record.look_up_id),
        "subject": [record.subject_kind, record.subject_key],
        "resource": record.resource_id,
        "office": record.office_id,
        "user": record.user_id,
        "codes": record.codes,
        "ground": record.ground,
        "consent": record.consent_id,
        "outcome": record.outcome,
        "reason": record.reason,
        "value": record.value_hash,
        "at": record.at.astimezone(dt.UTC).isoformat(),
    }
    text = record.prev + json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def broken_in(kind: str, key: str) -> Record | None:
    """The first entry of a subject that is not as it was written or follows on nothing; None if all is well."""
    before = ""
    for record in Record.objects.filter(subject_kind=kind, subject_key=key).order_by("id"):
        if record.prev != before or record.hash != hash_of(record):
            return record  # type: ignore[no-any-return]
        before = record.hash
    return None
