"""Cleaning up: drafts that nobody came back to, and files that belong to nothing any more."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from tongban.sharing.asking import drop

from .certificates import let_go
from .models import Case, Draft, Upload
from .shared_materials import SUBJECT
from .uploads import unlink

KEPT_DAYS = 90
# What was written a moment ago may still get its row.
GRACE = dt.timedelta(days=1)
BATCH = 500


@dataclass(frozen=True, slots=True)
class Removed:
    """How many drafts, files with a row, and files without one are gone."""

    drafts: int
    uploads: int
    strays: int


def clean_uploads(*, now: dt.datetime) -> Removed:
    """Remove drafts not saved for KEPT_DAYS or handed in already, and files of no draft or case.

    Rows go first and are committed, then their files: a crash in between leaves strays, which the
    next run finds. Safe to run twice and beside people at work.
    """
    total = Removed(0, 0, 0)
    reached: str | None = ""
    while reached is not None:
        removed, reached = clean_some(reached, now=now)
        total = Removed(
            total.drafts + removed.drafts,
            total.uploads + removed.uploads,
            total.strays + removed.strays,
        )
    return total


def clean_some(reached: str, *, now: dt.datetime) -> tuple[Removed, str | None]:
    """A bit of it: what was removed, and how far it came ("": from the start; None: all is done).

    So many drafts or uploads at once, then the files folder by folder.
    """
    if reached == "":
        drafts = _drafts_gone(now)
        return Removed(drafts, 0, 0), "" if drafts >= BATCH else "uploads"
    if reached == "uploads":
        uploads = _uploads_gone(now)
        return Removed(0, uploads, 0), "uploads" if uploads >= BATCH else "folder"
    folders = sorted(Path(settings.UPLOAD_DIR).glob("[0-9a-f][0-9a-f]"))
    folder = next((each for each in folders if f"folder {each.name}" > reached), None)
    if folder is None:
        return Removed(0, 0, 0), None
    keys = _strays(folder, now)
    unlink(keys)
    return Removed(0, 0, len(keys)), f"folder {folder.name}"


def _drafts_gone(now: dt.datetime) -> int:
    """BATCH at most."""
    became = Exists(Case.objects.filter(draft_key=OuterRef("pk")))
    old = Q(saved_at__lt=now - dt.timedelta(days=KEPT_DAYS))
    settled = Q(became, saved_at__lt=now - GRACE)
    drafts = Draft.objects.filter(old | settled).annotate(became=became).order_by("saved_at")
    some = dict(drafts.values_list("pk", "became")[:BATCH])
    for key, is_a_case in some.items():
        if not is_a_case:
            drop(kind=SUBJECT, key=str(key))
            let_go(key, None, now)
    # Asked again: one that its owner has come back to meanwhile stays.
    Draft.objects.filter(old | settled, pk__in=some).delete()
    return len(some)


def _uploads_gone(now: dt.datetime) -> int:
    """BATCH at most."""
    alive = Exists(Draft.objects.filter(pk=OuterRef("draft_key")))
    orphans = Upload.objects.filter(~alive, case=None, uploaded_at__lt=now - GRACE)
    with transaction.atomic(durable=True):
        # Locked: one that is being handed in with its case this moment is passed over.
        batch = orphans.select_for_update(of=("self",), skip_locked=True)[:BATCH]
        keys = list(batch.values_list("pk", flat=True))
        Upload.objects.filter(pk__in=keys).delete()
    unlink(keys)
    return len(keys)


def _strays(folder: Path, now: dt.datetime) -> list[uuid.UUID]:
    """Files of a folder without a row; names that are none of ours are left alone."""
    before = (now - GRACE).timestamp()
    found = set()
    for path in folder.iterdir():
        if path.stat().st_mtime >= before:
            continue
        if path.suffix == ".part":
            path.unlink(missing_ok=True)
        elif (key := _key(path.name)) is not None:
            found.add(key)
    return list(found - set(Upload.objects.filter(pk__in=found).values_list("pk", flat=True)))


def _key(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(name)
    except ValueError:
        return None
