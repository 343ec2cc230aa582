"""Under which version a case begins that another case, a message or a calendar opens."""

from __future__ import annotations

import datetime as dt

from matters.catalogue.bundle import BundlePart
from matters.catalogue.models import MatterVersion
from workflows.cases.opening import NotInForce


class PartGone(NotInForce):
    """The matter of a part is not in the catalogue, or has no version in force on that day."""


def version_of_flow(flow: str, on: dt.date, *, matter: str = "") -> MatterVersion | None:
    """That of the one matter which a flow carries; of several, of the one with that name. One statement."""
    rows = MatterVersion.objects.in_force(on).filter(flow=flow).select_related("matter")
    if matter:
        rows = rows.filter(matter__name=matter)
    return rows.order_by("matter__slug").first()


def needed_version_of(flow: str, on: dt.date) -> MatterVersion:
    """As `version_of_flow`. Raises PartGone."""
    found = version_of_flow(flow, on)
    if found is None:
        raise PartGone(f"no matter of the flow {flow} is in force")
    return found


def version_of_part(part: BundlePart, on: dt.date) -> MatterVersion:
    """That of the matter which a version names for a part of it. One statement. Raises PartGone."""
    named = part.matter
    rows = MatterVersion.objects.in_force(on).select_related("matter")
    found = rows.filter(matter__name=named.name, matter__source_batch=named.batch).first()
    if found is None:
        raise PartGone(f"{named.name} ({named.batch})")
    return found
