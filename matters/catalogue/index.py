"""All matters in force, kept in the process, so that a search costs one small statement.

The statement is the stamp: PostgreSQL's own row versions of the matters and their versions. Whoever
changes a row, and however, the stamp differs and the next search reads anew.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db import connection
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.utils import timezone

from matters.catalogue.models import MatterVersion
from matters.catalogue.registry import never_alone
from matters.catalogue.scope import Scope, scope_of
from matters.catalogue.spelling import initials

# xmin grows with every write; ctid tells writes of one transaction apart.
STAMP = """
SELECT {parts}
""".format(
    parts=", ".join(
        f"(SELECT concat(count(*), '-', sum(xmin::text::bigint * 7919"  # noqa: S608  (our own names)
        f" + (ctid::text::point)[0] * 1009 + (ctid::text::point)[1])) FROM {table})"
        for table in ("catalogue_matter", "catalogue_matterversion", "offices_department")
    )
)
PAIR, SOUND = 2, 4


@dataclass(frozen=True, slots=True)
class Entry:
    """A matter in force: its version (without the definition), and what a search looks at."""

    version: MatterVersion
    scope: Scope
    text: str
    name: str
    spelt: str
    first_letters: str


@dataclass(eq=False)
class Index:
    """The matters in force on a day, as the database had them when it was read."""

    stamp: tuple[str, ...]
    on: dt.date
    entries: tuple[Entry, ...]

    @cached_property
    def runs(self) -> dict[str, list[int]]:
        """Every pair of signs and every four letters in a row → places of the entries that have it."""
        found: dict[str, list[int]] = defaultdict(list)
        for place, entry in enumerate(self.entries):
            for run in runs(entry.text, PAIR) | runs(entry.text, SOUND):
                found[run].append(place)
        return dict(found)


_kept: dict[dt.date, Index] = {}
MOST_DAYS = 3


def the_index(on: dt.date | None = None) -> Index:
    """The matters in force on that day (today). One statement, two after a change."""
    day, stamp = on or timezone.localdate(), _stamp()
    kept = _kept.get(day)
    if kept is None or kept.stamp != stamp:
        if day not in _kept and len(_kept) >= MOST_DAYS:
            _kept.clear()
        kept = _kept[day] = Index(stamp, day, tuple(_entries(day)))
    return kept


def forget_index() -> None:
    """Empty the cache of this process. For tests, whose databases come and go under one process."""
    _kept.clear()


def runs(text: str, length: int) -> set[str]:
    """All runs of `length` characters; the text itself if it is shorter."""
    if len(text) <= length:
        return {text} if text else set()
    return {text[i : i + length] for i in range(len(text) - length + 1)}


def _stamp() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(STAMP)
        return tuple(cursor.fetchone())


def _entries(day: dt.date) -> Iterable[Entry]:
    versions = MatterVersion.objects.in_force(day).select_related("matter__department")
    versions = versions.exclude(flow__in=never_alone())
    # The definitions are large and of no use here, but for these two.
    rows = (
        versions.defer("definition")
        .annotate(
            promised=KeyTextTransform("promise", "definition"),
            zones=KeyTransform("zones", "definition"),
        )
        .order_by("matter_id")
    )
    for version in rows:
        kept = version.matter.search_text
        name, spelt, first_letters = [*kept.split("\n"), "", ""][:3]
        yield Entry(
            version=version,
            scope=scope_of(version.matter.source_batch, getattr(version, "zones", None) or ()),
            text=kept,
            name=name,
            spelt=spelt,
            first_letters=first_letters or initials(name),
        )
