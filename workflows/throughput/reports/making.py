"""Making a report: from published figures, numbered, sealed by its digest, kept for good."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction
from django.db.models import QuerySet

from tongban.templatetags.formats import zh_datetime

from ..directions import SHORT
from ..periods import Period
from ..scope import Scope
from ..viewers import Viewer
from .contents import Content, content_of
from .docx_files import docx_of
from .frozen import FrozenBoard, kept_of, month_of, week_of
from .models import Report
from .pdf import pdf_of

Kind = Report.Kind
TITLES = {Kind.MONTH: "川渝通办情况通报", Kind.WEEK: "川渝通办每周情况"}
# Of which moment it is and who made it: no difference of figures.
OF_ITS_MAKING = ("number", "made_by", "made_at", "source")


class NotPublished(Exception):
    """The figures of these days are not published yet, so nothing is given out of them."""


def made(
    kind: str, first: dt.date, *, viewer: Viewer, by: int, now: dt.datetime
) -> tuple[Report, bool]:
    """(the report, whether it is a new one): figures that did not change make no new edition.

    Raises NotPublished. Two at the same moment make one after the other.
    """
    period = month_of(first) if kind == Kind.MONTH else week_of(first)
    kept = kept_of(period)
    if not kept:
        raise NotPublished
    board = FrozenBoard(viewer, Scope(period), now, kept=kept)
    content = content_of(board, TITLES[Kind(kind)])
    provinces = ",".join(sorted(viewer.detail))
    with transaction.atomic():
        # Editions follow each other: whoever publishes waits for whoever makes a report of it.
        type(kept[0]).objects.select_for_update().get(pk=kept[-1].pk)
        last = (
            Report.objects.filter(kind=kind, first=first, provinces=provinces)
            .defer("file")
            .order_by("edition")
            .last()
        )
        if last is not None and _same(last.content, content):
            return last, False
        return _kept(kind, period, provinces, content, last, viewer.actor.name, by, now), True


def _kept(
    kind: str,
    period: Period,
    provinces: str,
    content: Content,
    last: Report | None,
    name: str,
    by: int,
    now: dt.datetime,
) -> Report:
    edition = last.edition + 1 if last else 1
    number = numbered(kind, period, provinces, edition)
    whole = content | {
        "number": number,
        "made_by": name,
        "made_at": zh_datetime(now),
    }
    file = pdf_of(whole) if kind == Kind.MONTH else docx_of(whole)
    return Report.objects.create(
        kind=kind,
        first=period.first,
        last=period.last,
        provinces=provinces,
        edition=edition,
        number=number,
        content=whole,
        file=file,
        digest=hashlib.sha256(file).hexdigest(),
        made_at=now,
        made_by_id=by,
    )


def numbered(kind: str, period: Period, provinces: str, edition: int) -> str:
    """'川〔2026〕9号', '渝〔2026〕第39周'; a later edition says which."""
    whose = "".join(SHORT[code] for code in reversed(provinces.split(",")))
    if kind == Kind.MONTH:
        number = f"{whose}〔{period.first.year}〕{period.first.month}号"
    else:
        year, week, _ = period.first.isocalendar()
        number = f"{whose}〔{year}〕第{week}周"
    return number if edition == 1 else f"{number}（第{edition}版）"


def reports_for(viewer: Viewer) -> QuerySet[Report]:
    """Those in which only offices are named whose detail this person may see; without their files."""
    own = sorted(viewer.detail)
    allowed = [*own, ",".join(own)]
    return Report.objects.filter(provinces__in=allowed).select_related("made_by").defer("file")


def _same(one: Content, other: Content) -> bool:
    def figures(content: Content) -> Content:
        parts = [
            {key: value for key, value in part.items() if key != "note"}
            for part in content["parts"]
        ]
        return {k: v for k, v in content.items() if k not in OF_ITS_MAKING} | {"parts": parts}

    return figures(one) == figures(other)
