"""送达 by electronic means: a document whose notice was opened or arrived is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from tongban.accounts.actors import SYSTEM
from tongban.notices.deliveries import delivered_documents
from tongban.running.budget import IsOver, never

from .models import Case
from .perform import NotAllowed, Stale, perform

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    from tongban.notices.deliveries import Served
    from tongban.notices.models import Notice

log = structlog.get_logger(__name__)


def serve_documents(*, is_over: IsOver = never) -> int:
    """Take the `serve` step for every waiting document that has reached its person; how many.

    A message that failed serves nothing. Safe to run twice: a served document is no longer waiting.
    """
    unserved = _unserved_documents()
    arrived = delivered_documents().filter(document_id__in=list(unserved))
    served = 0
    for notice in arrived:
        if is_over():
            break
        served += _served(unserved[notice.document_id or 0], notice)
    return served


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
