"""What the data files say should be in the catalogue: facts and definitions put together, checked.

Pure: no database and no pinyin, so that it can run in a system check at every start.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from matters.catalogue.bundle import problems_of_part, with_parts
from matters.catalogue.consistency import problems_of
from matters.catalogue.deep import Deep, Entry, in_chinese, read_deep, read_general
from matters.catalogue.definition import Definition, Limit
from matters.catalogue.facts import DATA, Fact, Key, Problem, read_facts
from matters.catalogue.guide_facts import item_kind_of, level_of


@dataclass(frozen=True, slots=True)
class Owner:
    """Which kind of office, at which level, decides the matters of a department."""

    office_kind: str
    level: str


@dataclass(frozen=True, slots=True)
class Planned:
    """One matter as it should stand in the catalogue."""

    fact: Fact
    mode: str
    mode_certainty: str
    flow: str
    definition: Definition


@dataclass(frozen=True, slots=True)
class Plan:
    """matters: those that are right. problems: what is wrong with the rest; none means all is."""

    matters: tuple[Planned, ...]
    problems: tuple[Problem, ...]


def make_plan(folder: Path = DATA) -> Plan:
    """Read and check all data files."""
    facts, problems = read_facts(folder)
    deep, wrong = read_deep(folder)
    problems += wrong
    ground = read_ground(folder)
    # Matters are kept, and listed, in the order of the departments there.
    order = {department: at for at, (department, _) in enumerate(ground.owners)}
    facts.sort(key=lambda fact: order.get(fact.department, len(order)))
    read = [_planned(fact, deep.pop(fact.key, None), ground) for fact in facts]
    by_key = {each.fact.key: each for each in read if isinstance(each, Planned)}
    matters: list[Planned] = []
    for each in read:
        found = _with_parts(each, by_key) if isinstance(each, Planned) else each
        if isinstance(found, Planned):
            wrong = list(problems_of_planned(found))
            problems += wrong
            matters += [] if wrong else [found]
        else:
            problems.append(found)
    problems += [
        Problem(left.where, name, f"清单里没有这一行：{batch}")
        for (name, batch), left in deep.items()
    ]
    return Plan(tuple(matters), tuple(problems))


@dataclass(frozen=True, slots=True)
class Ground:
    """What a matter gets of which no source says more than its name.

    general: an entry for each mode, and for each kind that is no application. owners: by department
    and theme ("": all others).
    """

    general: Mapping[str, Entry]
    owners: Mapping[tuple[str, str], Owner]

    def entry_for(self, fact: Fact) -> Entry:
        """Raises KeyError for a department that owns nothing."""
        owners, department = self.owners, fact.department
        owner = owners.get((department, fact.theme)) or owners[department, ""]
        mode, _ = fact.mode_and_certainty
        entry = self.general[mode if fact.kind == "application" else fact.kind]
        return Entry(flow=entry.flow, definition=_with_owner(entry.definition, owner))


def read_ground(folder: Path = DATA) -> Ground:
    """Raises ValidationError."""
    return Ground(read_general(folder), _read_owners(folder))


def _planned(fact: Fact, deep: Deep | None, ground: Ground) -> Planned | Problem:
    mode, certainty = fact.mode_and_certainty
    try:
        entry = deep.entry if deep else ground.entry_for(fact)
        definition = concluded(Definition.model_validate(entry.definition), fact)
    except KeyError:
        return Problem(fact.where, fact.name, f"owners.csv 没有主管部门 {fact.department}")
    except ValidationError as error:
        where = deep.where if deep else "general.yaml"
        return Problem(where, fact.name, in_chinese(error))
    return Planned(fact, mode, certainty, entry.flow, definition)


def concluded(definition: Definition, fact: Fact) -> Definition:
    """With what the printed code and the name say of the guide, where nobody has written it out."""
    said = {"item_kind": item_kind_of(fact.item_code), "level": level_of(fact.name)}
    fresh = {key: word for key, word in said.items() if word and not getattr(definition.guide, key)}
    if not fresh:
        return definition
    guide = definition.guide.model_copy(update=fresh)
    # The code's meaning was read in one place only; a name says itself what it says.
    sure = {f"guide.{key}": "inferred" if key == "item_kind" else "stated" for key in fresh}
    certainty = sure | definition.certainty
    return definition.model_copy(update={"guide": guide, "certainty": certainty})


def _with_parts(bundle: Planned, known: Mapping[Key, Planned]) -> Planned | Problem:
    """一件事 with all that its parts ask for; a matter without parts as it is."""
    matters: dict[str, Definition] = {}
    for part in bundle.definition.parts:
        found = known.get((part.matter.name, part.matter.batch))
        if found is None or found.definition.parts:
            text = f"分项 {part.code} 须是清单里的一个单独事项：《{part.matter.name}》{part.matter.batch}"
            return Problem(bundle.fact.where, bundle.fact.name, text)
        matters[part.code] = found.definition
    if not matters:
        return bundle
    whole = with_parts(bundle.definition, matters)
    for part in whole.parts:
        for text in problems_of_part(whole, part, matters[part.code]):
            return Problem(bundle.fact.where, bundle.fact.name, text)
    return replace(bundle, definition=whole)


def _with_owner(definition: dict[str, Any], owner: Owner) -> dict[str, Any]:
    """The general definition with the seats that say "@owner" given to the department's office."""
    seats = [
        {**seat, "office_kind": owner.office_kind, "level": owner.level}
        if seat["office_kind"] == "@owner"
        else seat
        for seat in definition["seats"]
    ]
    return {**definition, "seats": seats}


def problems_of_planned(planned: Planned) -> Iterator[Problem]:
    fact, definition = planned.fact, planned.definition
    for text in problems_of(definition, planned.flow):
        yield Problem(fact.where, fact.name, text)
    days = (
        ("承诺", fact.promised_days, definition.promise),
        ("法定", fact.legal_days, definition.statutory),
    )
    for word, published, limit in days:
        if problem := _problem_with_days(word, published, limit):
            yield Problem(fact.where, fact.name, problem)


def _problem_with_days(word: str, published: int | None, limit: Limit | None) -> str | None:
    """The list gives days without a unit; the definition must give the same number and its unit."""
    if published is None or (limit is not None and limit.amount == published):
        return None
    if limit is None:
        return f"清单写明{word}时限 {published} 天，须在定义中写明单位（工作日 G 或自然日 Z）"
    return f"清单写明{word}时限 {published} 天，定义却是 {limit.text}"


def _read_owners(folder: Path) -> dict[tuple[str, str], Owner]:
    with (folder / "owners.csv").open(encoding="utf-8-sig", newline="") as file:
        return {
            (row["department"], row["theme"]): Owner(row["office_kind"], row["level"])
            for row in csv.DictReader(file)
        }
