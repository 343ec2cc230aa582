"""Finding a matter: by name, everyday words, pinyin, initials; a wrong word gets neighbours."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from matters.catalogue.models import MatterVersion, VersionQuerySet
from matters.catalogue.spelling import pinyin
from matters.catalogue.words import normalised

MOST_NEIGHBOURS = 10
MOST_TEXT = 60


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, best first. are_neighbours: nothing matched, these look or sound alike."""

    versions: tuple[MatterVersion, ...]
    are_neighbours: bool = False

    def __iter__(self) -> Iterator[MatterVersion]:
        return iter(self.versions)

    def __len__(self) -> int:
        return len(self.versions)


def in_force(on: dt.date | None = None) -> VersionQuerySet:
    """The version of every matter that new cases begin under on that day (today)."""
    versions = MatterVersion.objects.in_force(on or timezone.localdate())
    return versions.select_related("matter__department").order_by("matter_id")


def themes(on: dt.date | None = None) -> list[tuple[str, int]]:
    """Every theme with how many matters it has, the largest first. One statement."""
    counted = in_force(on).order_by().values_list("matter__theme").annotate(count=Count("id"))
    return sorted(counted, key=lambda pair: (-pair[1], pair[0]))


def find(
    text: str,
    *,
    theme: str | None = None,
    department: str | None = None,
    mode: str | None = None,
    audience: str | None = None,
    limit: int = 50,
    on: dt.date | None = None,
) -> Findings:
    """Matters in force that meet every word of `text` and the filters; all of them for no text.

    department: its code. audience: 个人 or 企业; matters whose source names none are kept.
    Two statements at most where something matches, three for neighbours.
    """
    narrowed = in_force(on)
    if theme:
        narrowed = narrowed.filter(matter__theme=theme)
    if department:
        narrowed = narrowed.filter(matter__department_id=department)
    if mode:
        narrowed = narrowed.filter(mode=mode)
    if audience:
        narrowed = narrowed.filter(Q(matter__audience="") | Q(matter__audience__contains=audience))
    terms = normalised(text)[:MOST_TEXT].split()
    if not terms:
        return Findings(tuple(narrowed[:limit]))
    matching = narrowed
    for term in terms:
        matching = matching.filter(matter__search_text__contains=term)
    rows = list(matching.values_list("pk", "matter__search_text"))
    if rows:
        rows.sort(key=lambda row: _rank(terms, row[1]))
        return Findings(_in_order(narrowed, [pk for pk, _ in rows[:limit]]))
    neighbours = _neighbours("".join(terms), narrowed, min(limit, MOST_NEIGHBOURS))
    return Findings(neighbours, are_neighbours=True)


def _in_order(versions: VersionQuerySet, ids: Sequence[int]) -> tuple[MatterVersion, ...]:
    found = versions.in_bulk(ids)
    return tuple(found[pk] for pk in ids)


def _rank(terms: Sequence[str], text: str) -> tuple[int, int]:
    """Smaller is better: the name itself, then how it is typed, then everyday words."""
    name, spelt, first_letters, *_ = text.split("\n")
    return sum(_rank_of(term, name, spelt, first_letters) for term in terms), len(name)


def _rank_of(term: str, name: str, spelt: str, first_letters: str) -> int:
    better_first = (
        name == term,
        name.startswith(term),
        term in name,
        first_letters.startswith(term),
        spelt.startswith(term),
        term in first_letters,
    )
    return better_first.index(True) if True in better_first else len(better_first)


def _neighbours(text: str, versions: VersionQuerySet, limit: int) -> tuple[MatterVersion, ...]:
    """The nearest by pairs of characters or by sound; the list's first ones if none is near."""
    pairs, sounds = _runs(text, 2), _runs(pinyin(text), 4)
    scored = []
    for pk, kept in versions.values_list("pk", "matter__search_text"):
        near = max(_shared(pairs, kept), _shared(sounds, kept) * 0.8)
        if near > 0:
            scored.append((-near, len(kept), pk))
    if not scored:
        return tuple(versions[:limit])
    scored.sort()
    nearest = scored[0][0]
    return _in_order(versions, [pk for near, _, pk in scored[:limit] if near <= nearest / 2])


def _runs(text: str, length: int) -> set[str]:
    """All runs of `length` characters; the text itself if it is shorter."""
    if len(text) <= length:
        return {text} if text else set()
    return {text[i : i + length] for i in range(len(text) - length + 1)}


def _shared(runs: set[str], text: str) -> float:
    """Which part of the runs is in the text."""
    return sum(run in text for run in runs) / len(runs) if runs else 0.0
