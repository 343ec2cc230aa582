"""Cleaning up: drafts that nobody came back to, and files that belong to nothing any more."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
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
    drafts = _drafts_gone(now)
    uploads = _uploads_gone(now)
    strays = 0
    for keys in _strays(now):
        unlink(keys)
        strays += len(keys)
    return Removed(drafts, uploads, strays)


def _drafts_gone(now: dt.datetime) -> int:
    became = Exists(Case.objects.filter(draft_key=OuterRef("pk")))
    old = Q(saved_at__lt=now - dt.timedelta(days=KEPT_DAYS))
    settled = Q(became, saved_at__lt=now - GRACE)
    for key in list(Draft.objects.filter(old).exclude(became).values_list("pk", flat=True)):
        drop(kind=SUBJECT, key=str(key))
        let_go(key, None, now)
    gone, _ = Draft.objects.filter(old | settled).delete()
    return gone


def _uploads_gone(now: dt.datetime) -> int:
    alive = Exists(Draft.objects.filter(pk=OuterRef("draft_key")))
    orphans = Upload.objects.filter(~alive, case=None, uploaded_at__lt=now - GRACE)
    total = 0
    while True:
        with transaction.atomic(durable=True):
            # Locked: one that is being handed in with its case this moment is passed over.
            batch = orphans.select_for_update(of=("self",), skip_locked=True)[:BATCH]
            keys = list(batch.values_list("pk", flat=True))
            Upload.objects.filter(pk__in=keys).delete()
        unlink(keys)
        total += len(keys)
        if len(keys) < BATCH:
            return total


def _strays(now: dt.datetime) -> Iterator[list[uuid.UUID]]:
    """Files without a row, folder by folder; names that are none of ours are left alone."""
    root = Path(settings.UPLOAD_DIR)
    before = (now - GRACE).timestamp()
    for folder in sorted(root.glob("[0-9a-f][0-9a-f]")):
        found = {}
        for path in folder.iterdir():
            if path.stat().st_mtime >= before:
                continue
            if path.suffix == ".part":
                path.unlink(missing_ok=True)
            elif (key := _key(path.name)) is not None:
                found[key] = path
        known = set(Upload.objects.filter(pk__in=found).values_list("pk", flat=True))
        yield [key for key in found if key not in known]


def _key(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(name)
    except ValueError:
        return None
