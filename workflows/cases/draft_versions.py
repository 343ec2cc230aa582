"""A draft survives a new version of its matter: what still fits goes over, the rest is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from matters.catalogue.definition import Definition, FormField
from matters.catalogue.forms import form_for
from matters.catalogue.models import MatterVersion
from matters.catalogue.pinned import definition_of

from .drafts import typed_again
from .models import Draft, Upload
from .uploads import unlink


@dataclass(frozen=True, slots=True)
class Lost:
    """What did not go over into a new version of the matter, by the words on the page."""

    answers: tuple[str, ...]
    papers: tuple[str, ...]


def bring_up_to_date(draft: Draft, version: MatterVersion) -> Lost:
    """Move a draft to the version in force now; answers that fit its questions stay.

    Changes and saves `draft`. Files of papers that are no longer asked for are removed.
    """
    old, new = definition_of(draft.version_id), definition_of(version.pk)
    kinds = {field.code: field.kind for field in new.fields}
    fitting = {
        field.code: draft.data[field.code]
        for field in old.fields
        if field.code in draft.data and kinds.get(field.code) == field.kind
    }
    kept = _still_right(new, fitting)
    lost = [
        f.label for f in old.fields if draft.data.get(f.code) is not None and f.code not in kept
    ]
    codes = {paper.code for paper in new.materials} | {file.code for file in _files_of(new)}
    gone = Upload.objects.filter(draft_key=draft.pk, case=None).exclude(material_code__in=codes)
    with transaction.atomic(durable=True):
        rows = list(gone.select_for_update())
        Upload.objects.filter(pk__in=[row.pk for row in rows]).delete()
        fresh = Draft.objects.select_for_update().get(pk=draft.pk)
        fresh.data, fresh.version = kept, version
        ways = fresh.answers.get("papers", {})
        fresh.answers["papers"] = {c: w for c, w in ways.items() if c in codes}
        fresh.save()
    unlink(row.pk for row in rows)
    draft.data, draft.version, draft.answers = fresh.data, version, fresh.answers
    names = {paper.code: paper.name for paper in old.materials}
    names |= {field.code: field.label for field in _files_of(old)}
    papers = dict.fromkeys(names.get(row.material_code, row.name) for row in rows)
    return Lost(tuple(lost), tuple(papers))


def _still_right(definition: Definition, data: Mapping[str, Any]) -> dict[str, Any]:
    form = form_for(definition, typed_again(definition, data))
    # What the new version does not ask of somebody who answered so is not kept either.
    wrong = form.errors.keys() | form.hidden
    return {code: value for code, value in data.items() if code not in wrong}


def _files_of(definition: Definition) -> list[FormField]:
    """Files that the form asks for: they are kept like papers."""
    return [field for field in definition.fields if field.kind == "file"]
