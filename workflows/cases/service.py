"""送达 by electronic means: a document whose notice was opened or arrived is served."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

import structlog

from tongban.accounts.actors import SYSTEM
from tongban.notices.deliveries import delivered_documents
from tongban.running.budget import IsOver, never
from tongban.running.slots import in_slices, today

from .models import Case, Document
from .perform import NotAllowed, Stale, perform

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    from tongban.notices.deliveries import Served
    from tongban.notices.models import Notice

log = structlog.get_logger(__name__)
BATCH = 500
ONE_DAY = dt.timedelta(days=1)
# A row committed late may say that it arrived before one that was seen already.
LATE = dt.timedelta(minutes=10)
# Once a day all that arrived in so long is looked at again: what could not be recorded then may be now.
AGAIN = dt.timedelta(days=30)


def serve_documents(*, is_over: IsOver = never) -> int:
    """Take the `serve` step for every waiting document that has reached its person; how many.

    A message that failed serves nothing. Safe to run twice: a served document is no longer waiting.
    For a command: it looks at each that waits, and many are never opened (`serve_lately`).
    """
    unserved = _unserved_documents()
    arrived = delivered_documents().filter(document_id__in=list(unserved))
    served = 0
    for notice in arrived:
        if is_over():
            break
        served += _served(unserved[notice.document_id or 0], notice)
    return served


def serve_lately(now: dt.datetime, *, is_over: IsOver) -> None:
    """The same of what has arrived since the last run, and of the last thirty days once a day.

    From the side of what arrives: of five million cases' papers most have arrived long ago or
    never will.
    """
    in_slices("cases.arrived_papers", today(), lambda mark, _: _on(mark, now, is_over), seconds=0)


def _on(mark: str | None, now: dt.datetime, is_over: IsOver) -> str:
    """Day by day up to now; how far it came."""
    since = dt.datetime.fromisoformat(mark) if mark else now - AGAIN
    while since < now and not is_over():
        until = min(since + ONE_DAY, now)
        found = delivered_documents(since=since - LATE, until=until + LATE)
        arrived = found.only("channel", "document_id", "read_at", "delivered_at")
        if not _all_served(iter(arrived.iterator(BATCH)), is_over):
            break
        since = until
    return since.isoformat()


def _all_served(arrived: Iterator[WithAnnotations[Notice, Served]], is_over: IsOver) -> bool:
    """False: out of time. One statement for some hundreds that wait no more."""
    while some := list(islice(arrived, BATCH)):
        waiting = _waiting(notice.document_id or 0 for notice in some)
        for notice in some:
            if is_over():
                return False
            if case_id := waiting.get(notice.document_id or 0):
                _served(case_id, notice)
    return True


def _waiting(document_ids: Iterable[int]) -> dict[int, int]:
    """Which of these wait for their service, as {document id: case id}."""
    rows = Document.objects.filter(pk__in=set(document_ids), case__facts__unserved__0__isnull=False)
    found = rows.values_list("pk", "case_id", "case__facts__unserved")
    return {pk: case_id for pk, case_id, unserved in found if pk in unserved}


def _served(case_id: int, notice: WithAnnotations[Notice, Served]) -> bool:
    case = Case.objects.get(pk=case_id)
    if notice.document_id not in case.facts.get("unserved", []):
        return False
    data = {
        "way": notice.channel,
        "document": notice.document_id,
        "arrived_at": notice.served_at,
    }
    try:
        perform(case_id, "serve", actor=SYSTEM, data=data, token=case.seq)
    except (Stale, NotAllowed) as error:
        # Somebody was quicker; the next round sees what is still waiting.
        log.info("document not served", case=case_id, error=type(error).__name__)
        return False
    except Exception:
        log.exception("document not served", case=case_id)
        return False
    return True


def _unserved_documents() -> dict[int, int]:
    """Documents that wait for their service, as {document id: case id}. One statement."""
    waiting = Case.objects.filter(facts__unserved__0__isnull=False)
    return {
        document_id: case_id
        for case_id, document_ids in waiting.values_list("pk", "facts__unserved")
        for document_id in document_ids
    }
