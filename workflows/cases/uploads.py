"""Files that people hand in: what they really are, made harmless, kept apart, shown to who may see.

A file lies at UPLOAD_DIR/<2 hex>/<uuid>, outside the web root, readable by this site's account only.
It is written before its row and removed after it: between lock and commit no file is touched, and
what a crash leaves over is found by `abandoned.clean_uploads`.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from tongban.accounts.actors import Actor

from . import cleaning
from .access import visible_to
from .models import Draft, Upload

log = structlog.get_logger(__name__)

MOST_BYTES = 10 * 1024 * 1024
MOST_FILES = 20  # of one draft; of one paper that a running case asks for
MOST_SECONDS = 40  # by the clock on the wall; `cleaning` limits its own computing time
LONGEST_NAME = 80
ENDINGS = {cleaning.JPEG: ".jpg", cleaning.PNG: ".png", cleaning.PDF: ".pdf"}
# Control characters, and those that turn the direction of writing (exe.gpj → jpg.exe).
UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
PROGRAM = Path(cleaning.__file__)

TOO_LARGE = f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请缩小后再传"
SENTENCES = {
    "type": "只能上传 JPG、PNG 图片或 PDF 文件",
    "heic": "这种手机照片格式（HEIC、AVIF）打不开，请另存为 JPG 后再传",
    "pixels": "图片尺寸过大（最多 4000 万像素），请用普通模式重拍或缩小后再传",
    "locked": "PDF 设有密码或加密，请另存为不加密的 PDF 后再传",
    "pages": f"PDF 页数过多或结构过于复杂（最多 {cleaning.MOST_PAGES} 页），请拆分后再传",
    "broken": "文件已损坏，打不开，请重新拍照或另存后再传",
    "empty": "文件是空的，请重新选择",
}


class Unfit(ValueError):
    """A file that is not kept; the message says why to the person who sent it."""


class TooManyFiles(Unfit):
    """The draft has as many files as it may have."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A file made harmless, not kept yet."""

    name: str
    content_type: str
    content: bytes


def paper_from(file: UploadedFile[Any]) -> Paper:
    """What was sent, checked by its content and made anew. Raises Unfit. Takes a second at most."""
    if (file.size or 0) > MOST_BYTES:
        raise Unfit(TOO_LARGE)
    file.seek(0)
    content_type, content = _cleaned(file.read())
    return Paper(shown_name(file.name or "", content_type), content_type, content)


def keep(
    papers: Sequence[Paper],
    *,
    owner_id: int,
    material_code: str,
    draft_key: uuid.UUID | None = None,
    case_id: int | None = None,
) -> list[Upload]:
    """Write the files, then their rows; the same file again for one paper is kept once.

    Either a draft (Draft.DoesNotExist if it is gone, TooManyFiles beyond MOST_FILES) or a case.
    """
    rows = [
        Upload(
            owner_id=owner_id,
            draft_key=draft_key,
            case_id=case_id,
            material_code=material_code,
            name=paper.name,
            content_type=paper.content_type,
            size=len(paper.content),
            sha256=hashlib.sha256(paper.content).hexdigest(),
        )
        for paper in papers
    ]
    for row, paper in zip(rows, papers, strict=True):
        _write(path_of(row.pk), paper.content)
    kept: list[Upload] = []
    try:
        with transaction.atomic(durable=True):
            kept = Upload.objects.bulk_create(_new(rows, draft_key, case_id, material_code))
    except (TooManyFiles, Draft.DoesNotExist):
        unlink(row.pk for row in rows)
        raise
    unlink({row.pk for row in rows} - {row.pk for row in kept})
    return kept


def remove(upload: Upload) -> bool:
    """Take a file back out of a draft; False where it belongs to a case by now, or is gone."""
    with transaction.atomic(durable=True):
        gone, _ = Upload.objects.filter(pk=upload.pk, case=None).delete()
    if gone:
        unlink([upload.pk])
    return bool(gone)


def take_back(upload: Upload) -> bool:
    """Remove a file sent for a paper of a running case; False once the paper has been handed in."""
    with transaction.atomic(durable=True):
        # Whoever hands the paper in this moment holds the row: then it is theirs, and stays.
        locked = Upload.objects.select_for_update().filter(pk=upload.pk).first()
        if locked is None or locked.materials.exists():
            return False
        locked.delete()
    unlink([upload.pk])
    return True


def readable_by(actor: Actor) -> QuerySet[Upload]:
    """The files this actor may open: of their own drafts, of their desk's, of cases they may see."""
    of_desks = Draft.objects.filter(office_id__in=sorted(actor.desks)).values("pk")
    in_draft = Q(owner_id=actor.user_id) | Q(draft_key__in=of_desks)
    # Asked of the one case of each file: as IN beside an OR all that the actor sees would be gathered.
    sees_its_case = Exists(visible_to(actor).filter(pk=OuterRef("case_id")))
    # A paper handed in once serves all parts of a 一件事: whoever sees one of them reads it.
    serves_a_part = Exists(visible_to(actor).filter(materials__uploads=OuterRef("pk")))
    return Upload.objects.filter(Q(in_draft, case=None) | Q(sees_its_case) | Q(serves_a_part))


def path_of(key: uuid.UUID) -> Path:
    return Path(settings.UPLOAD_DIR) / key.hex[:2] / str(key)


def unlink(keys: Iterable[uuid.UUID]) -> None:
    """Remove files whose rows are gone."""
    for key in keys:
        path_of(key).unlink(missing_ok=True)


def shown_name(name: str, content_type: str) -> str:
    """A file's name as a page shows it: no folders, nothing unprintable, the ending it deserves."""
    plain = UNPRINTABLE.sub("", unicodedata.normalize("NFC", name))
    last = re.split(r"[\\/]", plain)[-1].strip(" .")
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", last).strip(" .")[:LONGEST_NAME]
    return (stem or "文件") + ENDINGS[content_type]


def _new(
    rows: list[Upload], draft_key: uuid.UUID | None, case_id: int | None, material_code: str
) -> list[Upload]:
    """Those that are not there yet. Locks the draft, so that two requests count one after the other."""
    if draft_key is not None:
        Draft.objects.select_for_update().get(pk=draft_key)
    there = Upload.objects.filter(draft_key=draft_key)
    if case_id is not None:
        # What the application brought long ago must not stand in the way of a supplement.
        there = Upload.objects.filter(case_id=case_id, material_code=material_code)
    kept = list(there.values_list("material_code", "sha256"))
    fresh = {row.sha256: row for row in rows if (material_code, row.sha256) not in kept}
    if len(kept) + len(fresh) > MOST_FILES:
        what = "一份申请" if case_id is None else "每项材料"
        raise TooManyFiles(f"{what}最多 {MOST_FILES} 个文件，请先删除不需要的")
    return list(fresh.values())


def _cleaned(sent: bytes) -> tuple[str, bytes]:
    if not sent:
        raise Unfit(SENTENCES["empty"])
    # The program gets no setting and no key of this site.
    surroundings = {k: v for k, v in os.environ.items() if k in ("PATH", "LD_LIBRARY_PATH", "LANG")}
    try:
        done = subprocess.run(  # noqa: S603  (our own file; what was sent is its input only)
            [sys.executable, "-I", str(PROGRAM)],
            input=sent,
            capture_output=True,
            timeout=MOST_SECONDS,
            env=surroundings,
            check=False,
        )
    except subprocess.TimeoutExpired:
        log.warning("upload took too long to open", size=len(sent))
        raise Unfit(SENTENCES["broken"]) from None
    said = done.stderr.decode(errors="replace")
    if done.returncode == 0 and said in ENDINGS:
        return said, done.stdout
    if done.returncode != cleaning.REFUSED:
        # It broke the decoder: worth a look, but no word of what was in it.
        log.warning("upload could not be opened", size=len(sent), code=done.returncode)
    raise Unfit(SENTENCES.get(said, SENTENCES["broken"]))


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, for this account's eyes only, on the disk before its row is."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
