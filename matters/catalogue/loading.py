"""The data files into the database: all of it or none, and nothing twice."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from matters.catalogue.definition import Definition
from matters.catalogue.facts import DATA, Problem
from matters.catalogue.models import Matter, MatterVersion, Status, VersionAct
from matters.catalogue.plan import Planned, make_plan
from matters.catalogue.spelling import slug_of
from matters.catalogue.words import search_text
from tongban.offices.models import Department

# The first versions hold from the day on which this catalogue begins.
FIRST_DAY = dt.date(2026, 1, 1)
# Any constant of our own: two loads at once would both publish version 2.
_LOCK = 407_210_311
_COPIED = (
    "department_id",
    "theme",
    "audience",
    "certainty",
    "note",
    "item_code",
    "search_text",
    "from_table",
)

NaturalKey = tuple[str, str, str]


class NotLoaded(Exception):
    """Something in the files is wrong, so nothing was changed. `problems` says what, row by row."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many matters are new, described anew, published in a new version, and left as they were.

    missing: names that are in the database and in no file any more; they stay as they are.
    kept: names that a table changed last, so that the project's files leave them alone.
    remarks: what was left aside of a table.
    """

    created: int
    described: int
    republished: int
    unchanged: int
    missing: tuple[str, ...]
    kept: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def load_catalogue(
    *, folder: Path = DATA, on: dt.date | None = None, over_tables: bool = False
) -> Loaded:
    """Make the catalogue what the files say, new versions valid from `on` (today).

    What somebody loaded from a table stands, unless `over_tables`: every start loads the files.
    Raises NotLoaded and changes nothing unless every row is right.
    """
    plan = make_plan(folder)
    departments = {d.name: d.code for d in Department.objects.all()}
    unknown = [
        Problem(m.fact.where, m.fact.name, f"机构库没有主管部门 {m.fact.department}")
        for m in plan.matters
        if m.fact.department not in departments
    ]
    if plan.problems or unknown:
        raise NotLoaded([*plan.problems, *unknown])
    with transaction.atomic():
        wait_for_other_loads()
        of_tables = Matter.objects.none() if over_tables else Matter.objects.filter(from_table=True)
        kept = {_key(matter): matter.name for matter in of_tables}
        matters = [m for m in plan.matters if m.fact.natural_key not in kept]
        loaded = apply(matters, departments, on or timezone.localdate())
        named = {planned.fact.natural_key for planned in plan.matters}
        standing = Matter.objects.filter(from_table=False)
        missing = tuple(matter.name for matter in standing if _key(matter) not in named)
        return replace(loaded, missing=missing, kept=tuple(kept.values()))


def wait_for_other_loads() -> None:
    """Until the end of the transaction nobody else loads."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def apply(
    planned: Sequence[Planned],
    departments: Mapping[str, str],
    on: dt.date,
    *,
    by_table: bool = False,
) -> Loaded:
    """Write what is planned and new. by_table: what it changes is the table's from now on."""
    known = {_key(matter): matter for matter in Matter.objects.all()}
    wanted = {p.fact.natural_key: _matter(p, departments) for p in planned}
    created = [matter for key, matter in wanted.items() if key not in known]
    for matter in created:
        matter.from_table = by_table
    described = []
    for key, new in wanted.items():
        if key in known:
            new.from_table = by_table and known[key].from_table
            if _copy(new, known[key]):
                known[key].from_table = by_table
                described.append(known[key])
    Matter.objects.bulk_create(created)
    Matter.objects.bulk_update(described, _COPIED, batch_size=500)
    matters = known | {_key(matter): matter for matter in created}
    republished = _publish(
        [(matters[p.fact.natural_key], p) for p in planned], on, by_table=by_table
    )
    if by_table:
        Matter.objects.filter(pk__in=republished).update(from_table=True)
    touched = {matter.pk for matter in (*created, *described)} | republished
    return Loaded(
        created=len(created),
        described=len(described),
        republished=len(republished),
        unchanged=len(planned) - len(touched),
        missing=(),
    )


def _key(matter: Matter) -> NaturalKey:
    return matter.source_url, matter.name, matter.source_batch


def _matter(planned: Planned, departments: Mapping[str, str]) -> Matter:
    fact = planned.fact
    return Matter(
        slug=slug_of(fact.name, fact.natural_key),
        name=fact.name,
        department_id=departments[fact.department],
        theme=fact.theme,
        audience=fact.audience,
        source_url=fact.source_url,
        source_batch=fact.batch,
        certainty=fact.certainty,
        note=fact.note,
        item_code=fact.item_code,
        search_text=search_text(fact.name, fact.theme, fact.department),
    )


def _copy(new: Matter, old: Matter) -> bool:
    """Take over what may change of a known matter; whether anything did."""
    changed = [name for name in _COPIED if getattr(old, name) != getattr(new, name)]
    for name in changed:
        setattr(old, name, getattr(new, name))
    return bool(changed)


def _publish(pairs: Iterable[tuple[Matter, Planned]], on: dt.date, *, by_table: bool) -> set[int]:
    """Publish a version of every matter whose last one says something else, or that has none.

    Gives the ids of the matters that had one. What an operator published since the files spoke last
    stands until the files say something new; a table is loaded once, by somebody who means it.
    """
    published = list(MatterVersion.objects.published().order_by("number"))
    by_hand = VersionAct.objects.filter(kind=VersionAct.Kind.PUBLISHED)
    made_here = set(by_hand.values_list("version_id", flat=True))
    last = {v.matter_id: v for v in published}
    last_of_files = {v.matter_id: v for v in published if v.pk not in made_here}
    # Drafts have numbers too.
    numbers = dict(MatterVersion.objects.values_list("matter_id").annotate(Max("number")))
    ended: dict[dt.date, set[int]] = defaultdict(set)
    fresh: list[MatterVersion] = []
    for matter, planned in pairs:
        old = last.get(matter.pk)
        if old is None:
            fresh.append(_version(matter, planned, number=1, valid_from=FIRST_DAY))
        elif _says_else(old if by_table else last_of_files.get(matter.pk, old), planned):
            begins = max(on, old.valid_from)
            ended[begins].add(matter.pk)
            fresh.append(
                _version(matter, planned, number=numbers[matter.pk] + 1, valid_from=begins)
            )
    for day, matter_ids in ended.items():
        ending = [last[matter_id].pk for matter_id in matter_ids]
        MatterVersion.objects.filter(pk__in=ending).update(valid_to=day)
    MatterVersion.objects.bulk_create(fresh)
    return set().union(*ended.values())


def _says_else(old: MatterVersion, planned: Planned) -> bool:
    """Compared as definitions, not as JSON: a new key left at its default changes nothing."""
    run = (old.mode, old.mode_certainty, old.flow)
    if run != (planned.mode, planned.mode_certainty, planned.flow):
        return True
    # Most often it is the same to the letter, which is told much faster.
    same = planned.definition.model_dump(mode="json") == old.definition
    return not same and Definition.model_validate(old.definition) != planned.definition


def _version(
    matter: Matter, planned: Planned, *, number: int, valid_from: dt.date
) -> MatterVersion:
    return MatterVersion(
        matter=matter,
        number=number,
        status=Status.PUBLISHED,
        valid_from=valid_from,
        mode=planned.mode,
        mode_certainty=planned.mode_certainty,
        flow=planned.flow,
        definition=planned.definition.model_dump(mode="json"),
        published_at=timezone.now(),
    )
