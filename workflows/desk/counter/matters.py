"""Which matter: what this window is asked for most, and what a few letters find."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from matters.catalogue.models import MatterVersion, Mode
from matters.catalogue.scope import scope_of_version
from matters.catalogue.search import find, in_force
from tongban.offices.directory import zones_of
from tongban.offices.models import Office
from workflows.cases.models import Case

from ..words import MODE_NAMES

# One for each of the keys 1 to 9.
KEYS = 9
MOST_FOUND = 20
# A card read into the box for a matter's name, or something as long: never a name.
DIGITS = re.compile(r"[0-9]{8}")


@dataclass(frozen=True)
class Choice:
    """A line of the list to choose from."""

    key: str
    slug: str
    name: str
    mode: str
    department: str


def most_used(office: Office) -> list[Choice]:
    """Nine matters: those with most open cases handed in here, then what such windows are there for.

    Two statements. The first reads this office's open cases by their index.
    """
    here = Case.objects.filter(
        closed_at=None, office_ids__overlap=[office.pk], origin_region=office.region_id
    )
    counted = here.values_list("matter_id").annotate(n=Count("id")).order_by("-n", "matter_id")
    places = {matter_id: place for place, (matter_id, _) in enumerate(counted[:KEYS])}
    shown = in_force().filter(Q(matter__in=places) | Q(mode=Mode.COLLECT))
    zones = zones_of(office.region_id)
    versions = sorted(
        (version for version in shown if scope_of_version(version).is_open_in(zones)),
        key=lambda v: (places.get(v.matter_id, KEYS), not _is_for(v, office), v.matter_id),
    )
    return _choices(versions[:KEYS])


def found(text: str, office: Office) -> tuple[list[Choice], bool]:
    """Matters that `text` means, best first, and whether they are only alike. One statement.

    Those of neighbouring areas only at a window inside.
    """
    findings = find(text, zones=zones_of(office.region_id), limit=MOST_FOUND)
    return _choices(list(findings)), findings.are_neighbours


def version_named(slug: str) -> MatterVersion | None:
    """The version of a matter that is in force today, with its matter. One statement."""
    return in_force(timezone.localdate()).filter(matter__slug=plain(slug)[:80]).first()


def plain(text: str) -> str:
    """What was typed into the box: no full-width forms, nothing unprintable, one space in between."""
    shown = unicodedata.normalize("NFKC", text)
    return " ".join("".join(c if c.isprintable() else " " for c in shown).split())


def _is_for(version: MatterVersion, office: Office) -> bool:
    """Whether the matter names offices of this kind as the place to hand it in."""
    return any(
        seat["region"] == "origin" and seat["office_kind"] == office.kind
        for seat in version.definition["seats"]
    )


def _choices(versions: list[MatterVersion]) -> list[Choice]:
    return [
        Choice(
            key=str(place) if place <= KEYS else "",
            slug=version.matter.slug,
            name=version.matter.name,
            mode=MODE_NAMES.get(version.mode, ""),
            department=version.matter.department.name,
        )
        for place, version in enumerate(versions, 1)
    ]
