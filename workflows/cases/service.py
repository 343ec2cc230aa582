"""送达 by electronic means: a document whose notice was opened or arrived is served."""

from __future__ import annotations

import structlog

from tongban.accounts.actors import SYSTEM
from tongban.notices.deliveries import delivered_documents

from .models import Case, Document, Service
from .perform import NotAllowed, Stale, perform

log = structlog.get_logger(__name__)


def serve_documents() -> int:
    """Take the `serve` step for every waiting document that has reached its person; how many.

    A message that failed serves nothing. Safe to run twice: a served document is no longer waiting.
    """
    served = 0
    unserved = _unserved_documents()
    for notice in delivered_documents().filter(document_id__in=list(unserved)):
        case = Case.objects.get(pk=unserved[notice.document_id or 0])
        if notice.document_id not in case.facts.get("unserved", [])[:1]:
            continue
        try:
            perform(
                case.pk,
                "serve",
                actor=SYSTEM,
                data={"way": notice.channel},
                token=case.seq,
                at=notice.served_at,
            )
            served += 1
        except (Stale, NotAllowed) as error:
            # Somebody was quicker; the next round sees what is still waiting.
            log.info("document not served", case=case.pk, error=type(error).__name__)
    return served


def _unserved_documents() -> dict[int, int]:
    """Documents that wait for their service, as {document id: case id}."""
    waiting = (
        Document.objects.filter(case__facts__has_key="unserved")
        .exclude(case__facts__unserved=[])
        .exclude(pk__in=Service.objects.filter(succeeded=True).values("document_id"))
    )
    return dict(waiting.values_list("pk", "case_id"))
