"""The documents issued in a case, and whether each has reached its person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from workflows.cases.act import SERVED
from workflows.cases.clocks import local_day
from workflows.cases.flow import Flow
from workflows.cases.models import Document
from workflows.cases.places import office_cards, office_name


@dataclass(frozen=True)
class DocumentShown:
    """kind: of the tag; warning: what opening it brings about, '' where nothing."""

    number: str
    name: str
    office: str
    issued_at: dt.datetime
    status: str
    kind: str
    warning: str


def documents_shown(case: Flow) -> list[DocumentShown]:
    """The newest first. Two statements, one where there is none, and one for unknown offices."""
    found = Document.objects.filter(case_id=case.pk).prefetch_related("services")
    documents = list(found.order_by("-id"))
    office_cards(d.office_id for d in documents if d.office_id)
    return [_shown(document) for document in documents]


def _shown(document: Document) -> DocumentShown:
    status, kind, warning = _service(document)
    return DocumentShown(
        number=document.number,
        name=document.get_kind_display(),
        office=office_name(document.office_id),
        issued_at=document.issued_at,
        status=status,
        kind=kind,
        warning=warning,
    )


def _service(document: Document) -> tuple[str, str, str]:
    if document.kind not in SERVED:
        return "已出具", "done", ""
    attempts = list(document.services.all())
    reached = next((each for each in attempts if each.succeeded), None)
    if reached is not None:
        day = local_day(reached.at)
        return f"已送达：{reached.get_way_display()}，{day.month}月{day.day}日", "good", ""
    warning = "打开即为送达"
    if document.starts_limit:
        warning += "，补正期限从送达次日起算"
    if attempts:
        return f"{attempts[-1].get_way_display()}未成功，待送达", "warn", warning
    return "待送达", "warn", warning
