"""Periodic work that runs once for each (name, slot), whoever fires it and however often.

The beat may run twice, a message may come twice, a worker may be killed: a slot is held by a lock
of the database session, which ends with the worker, and what is done stands in `Slot`. Nothing here
may be called inside a transaction: the work commits on its own, bit by bit.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from .budget import SECONDS, IsOver, lasting
from .models import Slot

__all__ = ["Slot", "in_slices", "once", "today"]

# Any constant: tells these advisory locks from other people's.
_LOCK = 1_936_483_188
KEPT = dt.timedelta(days=60)

Work = Callable[[Any, IsOver], Any]


def in_slices(name: str, slot: str, work: Work, *, seconds: float = SECONDS) -> bool:
    """Do as much of a long job as fits in `seconds`. True: the slot is finished.

    `work(cursor, is_over)` does a bit from `cursor` (None at first; anything JSON can hold) and
    returns the next cursor, or None when nothing is left. It should look at `is_over` between its
    own rows and may be called many times in one run. The cursor is kept after each bit; a worker
    that dies in the middle costs that bit, which is done again, so a bit must be safe to repeat.
    A finished slot does nothing, nor does who comes while another works (False).
    """
    is_over = lasting(seconds)
    with _held(name, slot) as row:
        if row is None:
            return False
        while row.finished_at is None:
            left = work(row.cursor, is_over)
            if not _kept(row, left):
                return False
            if is_over():
                break
        return row.finished_at is not None


def today() -> str:
    """The slot of what runs once a day, or a night: its date in Shanghai."""
    return timezone.localdate().isoformat()


@contextmanager
def once(name: str, slot: str) -> Iterator[bool]:
    """For a short job: True for whoever has the slot, False where it is done or being done.

    An exception inside, or the worker's death, frees it for the next one.
    """
    with _held(name, slot) as row:
        if row is None or row.finished_at:
            yield False
        else:
            yield True
            _kept(row, None)


@contextmanager
def _held(name: str, slot: str) -> Iterator[Slot | None]:
    """The slot's row, for as long as nobody else can have it; None if somebody has it."""
    key = (_LOCK, f"{name} {slot}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", key)
        if not cursor.fetchone()[0]:
            yield None
            return
    try:
        row, _ = Slot.objects.get_or_create(
            name=name, slot=slot, defaults={"began_at": timezone.now()}
        )
        yield row
    finally:
        # A connection that broke has lost its locks already.
        with suppress(DatabaseError, InterfaceError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", key)


def _kept(row: Slot, left: Any) -> bool:
    """Write down how far it came. False: the lock was lost on the way and another one went on."""
    now = timezone.now()
    done = left is None
    kept = Slot.objects.filter(pk=row.pk, slices=row.slices, finished_at=None).update(
        slices=row.slices + 1,
        finished_at=now if done else None,
        **({} if done else {"cursor": left}),
    )
    row.slices, row.cursor = row.slices + 1, left
    if kept and done:
        row.finished_at = now
        Slot.objects.filter(name=row.name, finished_at__lt=now - KEPT).delete()
    return bool(kept)
