"""A table of matters into a plan of what should stand in the catalogue: checked row by row. Pure.

A row that names its flow (办理流程) is a whole matter: what the table does not say, it does not have.
A row without one is a line of a list: what it says is laid over what is published, or over the
general definition of its mode if the matter is new.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from matters.catalogue import registry
from matters.catalogue.facts import (
    COLUMNS,
    DATA,
    Fact,
    Key,
    Problem,
    fact_of,
    problems_of_row,
)
from matters.catalogue.plan import (
    Ground,
    Plan,
    Planned,
    concluded,
    problems_of_planned,
    read_ground,
)
from matters.catalogue.tables.building import Building, owners_of
from matters.catalogue.tables.cells import one_line
from matters.catalogue.tables.departments import department_named
from matters.catalogue.tables.reading import Row, Table
from matters.catalogue.tables.sheets import FACTS, KINDS, part_sheets, readable

TITLES = {column.key: column.title for column in readable()[""]}
# What a line may leave to what is known of the matter already.
KEPT = ("department", "field", "source_url", "item_code", "note", "applicant", "certainty", "kind")


@dataclass(frozen=True, slots=True)
class Known:
    """A matter as it stands: its row by column, its flow, its definition as kept, its mode."""

    row: Mapping[str, str]
    flow: str
    definition: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the whole table has in common and an official list does not print in every row."""

    batch: str = ""
    source_url: str = ""
    field: str = ""


NO_DEFAULTS = Defaults()


def plan_of(
    table: Table,
    *,
    known: Mapping[Key, Known],
    departments: frozenset[str],
    defaults: Defaults = NO_DEFAULTS,
    folder: Path = DATA,
) -> Plan:
    """Everything in the table that is right, and everything that is wrong with the rest."""
    reading = _Reading(table, known, departments, defaults, read_ground(folder))
    matters = list(reading.matters())
    problems = sorted({(p.where, str(p)): p for p in reading.problems}.items(), key=_in_order)
    return Plan(tuple(matters), (*table.problems, *(problem for _, problem in problems)))


def _in_order(item: tuple[tuple[str, str], Problem]) -> tuple[str, int, str]:
    """By sheet, then by row."""
    where, said = item[0]
    place, _, number = where.rpartition("第")
    return place, int(number.removesuffix("行") or 0) if number[:1].isdecimal() else 0, said


class _Reading:
    def __init__(
        self,
        table: Table,
        known: Mapping[Key, Known],
        departments: frozenset[str],
        defaults: Defaults,
        ground: Ground,
    ) -> None:
        self.table, self.known, self.departments = table, known, departments
        self.defaults, self.ground = defaults, ground
        self.problems: list[Problem] = []

    def matters(self) -> Iterator[Planned]:
        rows = [(row, self._row(row)) for row in self.table.matters]
        parts = self._parts({(facts["name"], facts["batch"]) for _, facts in rows})
        seen: dict[Key, str] = {}
        for row, facts in rows:
            fact = self._fact(row, facts, seen)
            found = self._planned(row, fact or _blank(row, facts), parts)
            if fact is None or found is None:
                continue
            wrong = list(problems_of_planned(found))
            self.problems += wrong
            if not wrong:
                yield found

    def _row(self, row: Row) -> dict[str, str]:
        """The row by column of the list; what it leaves open from what is known, or in common."""
        facts = {column: one_line(row.cells.get(column, "")) for column in COLUMNS}
        facts["note"] = row.cells.get("note", "")
        facts["batch"] = facts["batch"] or self.defaults.batch
        facts["certainty"] = row.cells.get("certainty", "")
        facts["kind"] = row.cells.get("kind", "")
        for limit, days in (("promise", "promised_days"), ("statutory", "legal_days")):
            printed = row.cells.get(limit, "")
            if printed.isdecimal() and not row.cells.get(f"{limit}_unit") and not facts[days]:
                facts[days] = printed
        known = self.known.get((facts["name"], facts["batch"]))
        for column in KEPT:
            if known and not facts[column] and self._is_open(column):
                facts[column] = known.row[column]
        if known and not {"mode", "mode_inferred"} & self.table.given:
            facts |= {column: known.row[column] for column in ("mode", "mode_inferred")}
        facts["source_url"] = facts["source_url"] or self.defaults.source_url
        facts["field"] = facts["field"] or self.defaults.field
        facts["department"] = department_named(facts["department"])
        return facts

    def _is_open(self, column: str) -> bool:
        """A blank cell clears what may be blank; a column that is not there says nothing."""
        return column not in self.table.given or column in ("department", "field", "source_url")

    def _fact(self, row: Row, facts: dict[str, str], seen: dict[Key, str]) -> Fact | None:
        wrong = [(column, text) for column, text in row.wrong.items()]
        facts, unknown = _worded(facts)
        wrong += [*unknown, *problems_of_row(facts)]
        if facts["department"] and facts["department"] not in self.departments:
            wrong.append(("department", f"机构库没有主管部门 {facts['department']}"))
        key = (facts["name"], facts["batch"])
        if all(key):
            earlier = seen.setdefault(key, row.where)
            if earlier != row.where:
                wrong.append(("", f"与{earlier}的名称和来源批次相同"))
        known = self.known.get(key)
        if known and facts["source_url"] and known.row["source_url"] != facts["source_url"]:
            text = f"目录里同名同批次的事项来源是 {known.row['source_url']}，不能换成别的来源"
            wrong.append(("source_url", text))
        self.problems += [
            Problem(row.where, facts["name"], text, TITLES.get(column, ""))
            for column, text in dict.fromkeys(wrong)
        ]
        return None if wrong else fact_of(row.where, facts)

    def _planned(
        self, row: Row, fact: Fact, parts: Mapping[Key, Mapping[str, list[Row]]]
    ) -> Planned | None:
        own = "flow" in row.cells
        flow, base = self._base(row, fact)
        if flow is None:
            return None
        building = Building(fact.name, row, flow, base)
        definition = building.finished(parts.get(fact.key, {}))
        self.problems += building.problems
        if definition is None:
            return None
        if not own and fact.key not in self.known:
            definition = concluded(definition, fact)
        mode, certainty = fact.mode_and_certainty
        return Planned(fact, mode, certainty, flow, definition)

    def _base(self, row: Row, fact: Fact) -> tuple[str | None, Mapping[str, Any]]:
        """The flow, and what is laid under the row's cells; None where the flow is not known."""
        if written := row.cells.get("flow"):
            flows = {word: s.code for s in registry.shapes() for word in (s.code, s.name)}
            if written not in flows:
                text = f"没有流程“{written}”，可以填 {'、'.join(s.name for s in registry.shapes())}"
                self.problems.append(Problem(row.where, fact.name, text, TITLES["flow"]))
            return flows.get(written), {}
        if "definition" in row.cells:
            problem = Problem(row.where, fact.name, "写了实施清单，须写明流程", TITLES["flow"])
            self.problems.append(problem)
            return None, {}
        if known := self.known.get(fact.key):
            return known.flow, known.definition
        try:
            entry = self.ground.entry_for(fact)
        except KeyError:
            if fact.department in self.departments:
                text = f"owners.csv 没有主管部门 {fact.department}，须写明办理流程和岗位"
                self.problems.append(Problem(row.where, fact.name, text, TITLES["department"]))
            return None, {}
        return entry.flow, entry.definition

    def _parts(self, keys: set[Key]) -> Mapping[Key, Mapping[str, list[Row]]]:
        """The rows of the other sheets by matter and sheet. A name that stands once needs no batch."""
        by_name: dict[str, list[Key]] = defaultdict(list)
        for key in sorted(keys):
            by_name[key[0]].append(key)
        found: dict[Key, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        titles = {sheet.key: {c.key: c.title for c in sheet.columns} for sheet in part_sheets()}
        for sheet, rows in self.table.parts.items():
            for name, batch, row in owners_of(rows):
                name = one_line(name)
                self.problems += [
                    Problem(row.where, name, text, titles[sheet].get(column, ""))
                    for column, text in row.wrong.items()
                ]
                batch = one_line(batch) or self.defaults.batch
                meant = by_name[name] if name and not batch else [(name, batch)]
                if len(meant) == 1 and meant[0] in keys:
                    found[meant[0]][sheet].append(row)
                else:
                    text = (
                        "同名事项不止一个，须写明来源批次"
                        if len(meant) > 1
                        else "事项表里没有这一行"
                    )
                    self.problems.append(Problem(row.where, name, text, "事项名称"))
        return found


def _blank(row: Row, facts: Mapping[str, str]) -> Fact:
    """Of a row that is wrong, as much as its definition can be judged by."""
    usable, _ = _worded(facts)
    for column, _ in problems_of_row(usable):
        usable[column] = ""
    return replace(fact_of(row.where, usable), name=facts["name"])


def _worded(facts: Mapping[str, str]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The row with its choices as the list's own words, and those that are none."""
    found, wrong = dict(facts), []
    for column in FACTS:
        if column.key not in ("certainty", "kind"):
            continue
        try:
            code = column.way.read(facts[column.key]) if facts[column.key] else ""
        except ValueError as unknown:
            wrong.append((column.key, str(unknown)))
            code = ""
        found[column.key] = KINDS.get(code, "") if column.key == "kind" else code or "stated"
    return found, wrong
