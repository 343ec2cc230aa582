"""Finding a matter: by name, everyday words, pinyin, initials; a wrong word gets neighbours."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone

from matters.catalogue.index import PAIR, SOUND, Entry, Index, runs, the_index
from matters.catalogue.models import MatterVersion, VersionQuerySet
from matters.catalogue.registry import never_alone
from matters.catalogue.spelling import pinyin
from matters.catalogue.words import normalised

MOST_NEIGHBOURS = 10
MOST_TEXT = 60
# A wrong word is compared by its beginning: what is longer is no word of a matter's name.
MOST_COMPARED = 20
SOUNDS_COUNT = 0.8


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, best first. are_neighbours: nothing matched, these look or sound alike.

    The versions are shared with other searches: read them, change nothing. Their definition is not
    loaded; `version.promised` has the promised limit as it is stored ("3G") or None.
    """

    versions: tuple[MatterVersion, ...]
    are_neighbours: bool = False
    # How many there are in all, shown or not.
    count: int = 0

    def __iter__(self) -> Iterator[MatterVersion]:
        return iter(self.versions)

    def __len__(self) -> int:
        return len(self.versions)


def in_force(on: dt.date | None = None) -> VersionQuerySet:
    """The version of every matter that new cases begin under on that day (today)."""
    versions = MatterVersion.objects.in_force(on or timezone.localdate())
    versions = versions.exclude(flow__in=never_alone())
    return versions.select_related("matter__department").order_by("matter_id")


def themes(
    on: dt.date | None = None, *, zones: Iterable[str] = (), index: Index | None = None
) -> list[tuple[str, int]]:
    """Every theme with how many matters it has, the largest first."""
    entries = _open_in(index or the_index(on), zones)
    counted = Counter(entry.version.matter.theme for entry in entries)
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def departments(
    on: dt.date | None = None, *, zones: Iterable[str] = (), index: Index | None = None
) -> list[tuple[str, str]]:
    """(code, name) of the departments that have matters, those with most first."""
    entries = _open_in(index or the_index(on), zones)
    counted = Counter(
        (entry.version.matter.department_id, entry.version.matter.department.name)
        for entry in entries
    )
    return [pair for pair, _ in sorted(counted.items(), key=lambda each: (-each[1], each[0][1]))]


def find(
    text: str,
    *,
    theme: str | None = None,
    department: str | None = None,
    mode: str | None = None,
    audience: str | None = None,
    province: str | None = None,
    zones: Iterable[str] = (),
    limit: int = 50,
    on: dt.date | None = None,
    index: Index | None = None,
) -> Findings:
    """Matters in force that meet every word of `text` and the filters; all of them for no text.

    department: its code. audience: 个人 or 企业; matters whose source names none are kept.
    province: its code; matters that stand only in the other one's list are left out.
    zones: where the person is; matters of neighbouring areas are found only by those inside.
    index: as of `the_index`, for several questions in one request. One statement without it.
    """
    asked = index or the_index(on)
    tests: list[Callable[[Entry], bool]] = []
    if theme:
        tests.append(lambda e: e.version.matter.theme == theme)
    if department:
        tests.append(lambda e: e.version.matter.department_id == department)
    if mode:
        tests.append(lambda e: e.version.mode == mode)
    if audience:
        tests.append(
            lambda e: not e.version.matter.audience or audience in e.version.matter.audience
        )
    if province:
        tests.append(lambda e: not e.scope.provinces or province in e.scope.provinces)
    narrowed = [e for e in _open_in(asked, zones) if all(test(e) for test in tests)]
    terms = normalised(text)[:MOST_TEXT].split()
    if not terms:
        return _found(narrowed, limit)
    matching = [e for e in narrowed if all(term in e.text for term in terms)]
    if matching:
        # Stable: of equals the first in the list stays first.
        matching.sort(key=lambda e: _rank(terms, e))
        return _found(matching, limit)
    near = _neighbours("".join(terms), asked, narrowed, min(limit, MOST_NEIGHBOURS))
    return Findings(tuple(e.version for e in near), are_neighbours=True, count=len(near))


def _open_in(index: Index, zones: Iterable[str]) -> Iterator[Entry]:
    inside = frozenset(zones)
    return (entry for entry in index.entries if entry.scope.is_open_in(inside))


def _found(entries: Sequence[Entry], limit: int) -> Findings:
    return Findings(tuple(e.version for e in entries[:limit]), count=len(entries))


def _rank(terms: Sequence[str], entry: Entry) -> tuple[int, int]:
    """Smaller is better: the name itself, then how it is typed, then everyday words."""
    return sum(_rank_of(term, entry) for term in terms), len(entry.name)


def _rank_of(term: str, entry: Entry) -> int:
    better_first = (
        entry.name == term,
        entry.name.startswith(term),
        term in entry.name,
        entry.first_letters.startswith(term),
        entry.spelt.startswith(term),
        term in entry.first_letters,
    )
    return better_first.index(True) if True in better_first else len(better_first)


def _neighbours(text: str, index: Index, among: Sequence[Entry], limit: int) -> list[Entry]:
    """The nearest by pairs of characters or by sound; the list's first ones if none is near."""
    text = text[:MOST_COMPARED]
    pairs = _shares(index, runs(text, PAIR), 1)
    sounds = _shares(index, runs(pinyin(text), SOUND), SOUNDS_COUNT)
    allowed = {id(entry) for entry in among}
    scored = [
        (-max(pairs[place], sounds[place]), len(index.entries[place].text), place)
        for place in pairs.keys() | sounds.keys()
        if id(index.entries[place]) in allowed
    ]
    if not scored:
        return list(among[:limit])
    scored.sort()
    nearest = scored[0][0]
    return [index.entries[place] for near, _, place in scored[:limit] if near <= nearest / 2]


def _shares(index: Index, wanted: set[str], weight: float) -> Counter[int]:
    """Which part of the runs each entry has, times `weight`, by its place."""
    counted: Counter[int] = Counter()
    for run in wanted:
        counted.update(index.runs.get(run, ()))
    return Counter({place: n * weight / len(wanted) for place, n in counted.items()})
