"""The responsibility list 责任清单 as the matters' own versions have it.

A matter that says "this paper is not needed where such data is shared" asks that data, for its deciding
offices. Run again after versions have changed: new lines begin, those that no matter wants any more end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction

from matters.catalogue.models import Matter, MatterVersion
from tongban.sharing.models import Resource, Responsibility

from .registry import flow_class

# Also the mark by which these lines are told from those that a holder granted on a demand.
GROUND = "《政务数据共享条例》（国务院令第809号）；该事项实施清单载明本项材料可由共享数据核验"


@dataclass(slots=True)
class Listed:
    """Lines begun and ended; nowhere: names of data that matters want and no register keeps."""

    begun: int = 0
    ended: int = 0
    nowhere: set[str] = field(default_factory=set)


@transaction.atomic
def list_responsibilities(on: dt.date) -> Listed:
    """Bring the list to what the versions in force on that day say."""
    listed = Listed()
    resources: dict[str, list[Resource]] = {}
    for resource in Resource.objects.filter(is_demonstration=False):
        resources.setdefault(resource.name, []).append(resource)
    wanted: dict[tuple[str, int], Responsibility] = {}
    for matter, names, kind in _matters(on):
        for name in names:
            if name not in resources:
                listed.nowhere.add(name)
            for resource in resources.get(name, ()):
                wanted[matter.slug, resource.pk] = _line(matter, resource, kind, on)
    standing = {
        (line.item_key, line.resource_id): line
        for line in Responsibility.objects.select_for_update().filter(valid_to=None)
    }
    over = [
        line.pk
        for key, line in standing.items()
        if line.ground == GROUND and (key not in wanted or _differs(line, wanted[key]))
    ]
    kept = {key for key, line in standing.items() if line.pk not in set(over)}
    listed.ended = Responsibility.objects.filter(pk__in=over).update(valid_to=on)
    begun = [line for key, line in wanted.items() if key not in kept]
    listed.begun = len(Responsibility.objects.bulk_create(begun, batch_size=1000))
    return listed


def _matters(on: dt.date) -> Iterator[tuple[Matter, list[str], str]]:
    """Each matter in force that shares data: the names, and the kind of office that decides. One statement.

    Read as it was published: validating hundreds of definitions takes longer than all the rest.
    """
    versions = MatterVersion.objects.in_force(on).select_related("matter").order_by("pk")
    for version in versions:
        papers = version.definition.get("materials", ())
        names = sorted({paper["shared"] for paper in papers if paper.get("shared")})
        if names:
            seat = flow_class(version.flow).OWNER_SEAT
            kinds = {rule["seat"]: rule["office_kind"] for rule in version.definition["seats"]}
            yield version.matter, names, kinds[seat]


def _line(matter: Matter, resource: Resource, kind: str, on: dt.date) -> Responsibility:
    """Yes or no to every question; of the fields, those that are not personal or are named for this matter."""
    fields = [
        f["code"]
        for f in resource.fields
        if not f["personal"] or matter.name in f.get("given_for", ())
    ]
    return Responsibility(
        resource=resource,
        item_key=matter.slug,
        item_name=matter.name,
        office_kinds=[kind],
        ground=GROUND,
        questions=[q["code"] for q in resource.questions],
        fields=fields,
        valid_from=on,
    )


def _differs(line: Responsibility, wanted: Responsibility) -> bool:
    said = ("item_name", "office_kinds", "questions", "fields")
    return any(getattr(line, name) != getattr(wanted, name) for name in said)
