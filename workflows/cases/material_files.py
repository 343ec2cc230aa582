"""Files sent for a paper of a running case, and the paper they belong to once it is handed in."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from .models import Material, Upload


def loose_files(case_id: int, codes: Iterable[str]) -> QuerySet[Upload]:
    """Files sent for these papers that have not been handed in yet, the earliest first."""
    sent = Upload.objects.filter(case_id=case_id, material_code__in=list(codes), materials=None)
    return sent.order_by("uploaded_at", "id")


def file_under(*, case_id: int, papers: Iterable[Material]) -> list[Upload]:
    """Attach what was sent for these papers to them, in the transaction that hands them in.

    Returns the files. One statement, two if there are any.
    """
    by_code = {paper.code: paper.pk for paper in papers}
    # Locked: a file that its sender takes back this moment is gone, or stays.
    files = list(loose_files(case_id, by_code).select_for_update(of=("self",)))
    through = Material.uploads.through
    through.objects.bulk_create(
        through(material_id=by_code[file.material_code], upload_id=file.pk) for file in files
    )
    return files
