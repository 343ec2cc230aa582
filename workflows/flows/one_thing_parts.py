"""The parts of a 一件事: opened, read, filed again, withdrawn. Called by the flow, in its transactions."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matters.catalogue.bundle import BundlePart, applying
from matters.catalogue.definition import Definition
from matters.catalogue.forms import form_for
from matters.catalogue.pinned import definition_of
from workflows.cases.act import Act
from workflows.cases.drafts import typed_again
from workflows.cases.family import PART, RESULTS, children_of
from workflows.cases.models import Case, Material, Party
from workflows.cases.opening import Application, PartyInput, open_case
from workflows.cases.perform import InvalidData, NotAllowed, perform

from .versions_in_force import version_of_part

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

# What a part may be filed again after. A withdrawn one ended as the person wished.
FAILED = frozenset({"disapproved", "refused", "returned"})
MOST_TRIES = 2
# A paper that lies with the whole, as far as a part is concerned.
HERE = frozenset({Material.Status.HANDED_IN, Material.Status.RECEIVED})


@dataclass(frozen=True)
class Line:
    """One part that applies, with its last case; tries: how often it was filed."""

    part: BundlePart
    case: Flow
    tries: int

    @property
    def name(self) -> str:
        return self.part.name

    @property
    def number(self) -> str:
        return self.case.number

    @property
    def result(self) -> str:
        """What came of it, in a word or two; 办理中 while it is open."""
        if self.case.closed_at is None and self.case.concluded_at is None:
            return "办理中"
        return RESULTS.get(self.case.outcome, self.case.current.name)


def key_of(parent: Case, part: str, nth: int) -> uuid.UUID:
    """What the nth filing of a part is known by: the same for ever, so that twice opens one."""
    return uuid.uuid5(parent.draft_key, f"{part}:{nth}")


def lines_of(case: Flow) -> list[Line]:
    """The parts of a case in the order of its version. One statement."""
    found = {child.draft_key: child for child in children_of(case.pk, kind=PART)}
    if not found:
        return []
    lines = []
    for part in definition_of(case.version_id).parts:
        tries = [
            found[k] for n in range(1, MOST_TRIES + 1) if (k := key_of(case, part.code, n)) in found
        ]
        if tries:
            lines.append(Line(part, tries[-1], len(tries)))
    return lines


def replaceable(case: Flow) -> list[Line]:
    """Parts that were not achieved and may be filed again. One statement."""
    return [
        line
        for line in lines_of(case)
        if line.case.closed_at is not None
        and line.case.outcome in FAILED
        and line.tries < MOST_TRIES
    ]


def summed_up(lines: list[Line]) -> str:
    """The outcome of the whole: done where anything was, else what became of the last part."""
    outcomes = [line.case.outcome for line in lines]
    return "done" if "done" in outcomes else (outcomes[-1] if outcomes else "done")


def open_parts(case: Flow, act: Act, application: Application) -> None:
    """Open every part that applies. Each is a whole opening; raises InvalidData where none applies."""
    parts = applying(act.definition, case.data)
    if not parts:
        raise _nothing_chosen(act.definition, case)
    papers = _papers_here(case)
    for part in parts:
        _open(case, act, part, nth=1, data=case.data, parties=application.parties, papers=papers)


def open_again(case: Flow, act: Act) -> tuple[Line, Flow]:
    """File a part again, with what was put right. data: `RefileForm`'s."""
    line: Line = act.data["line"]
    parties = [as_given(party) for party in act.situation.parties]
    papers = _papers_here(line.case)
    child = _open(
        case, act, line.part, nth=line.tries + 1, data=act.data["answers"], parties=parties,
        papers=papers, is_own=True,
    )  # fmt: skip
    return line, child


def withdraw_parts(case: Flow, act: Act) -> tuple[list[str], list[str]]:
    """(withdrawn, those that go on because their rules say so), by name. A step each."""
    gone, left = [], []
    for line in lines_of(case):
        if line.case.closed_at is not None:
            continue
        step = next((s for s in line.case.STEPS.values() if s.right == "withdraw"), None)
        try:
            if step is None:
                raise LookupError(line.case.flow)
            reason = {"reason": act.data["reason"]}
            perform(
                line.case.pk,
                step.code,
                actor=act.actor,
                data=reason,
                token=line.case.seq,
                at=act.at,
            )
            gone.append(line.name)
        except (NotAllowed, InvalidData, LookupError):
            left.append(line.name)
    return gone, left


def _open(
    case: Flow, act: Act, part: BundlePart, *, nth: int, data: Mapping[str, Any],
    parties: Any, papers: dict[str, Material], is_own: bool = False,
) -> Flow:  # fmt: skip
    """is_own: data and papers go by the part's own codes already."""
    version = version_of_part(part, act.today)
    definition = definition_of(version.pk)
    stored = data if is_own else part.answers(definition, data)
    serving = {
        paper.code: papers[source]
        for paper in definition.materials
        if (source := paper.code if is_own else part.paper_for(paper.code)) in papers
    }
    handed_in = {code for code, paper in serving.items() if paper.status in HERE}
    region = case.data.get(part.region) if part.region else None
    child = open_case(
        Application(
            draft_key=key_of(case, part.code, nth),
            version=version,
            origin_region=region or case.origin_region_id,
            parties=parties,
            data=typed_again(definition, stored),
            channel=case.channel,
            handed_in=frozenset(handed_in),
            paper_notes={code: paper.note for code, paper in serving.items() if paper.note},
            office_id=_window(case),
            parent_id=case.pk,
            relation="part",
            awaited_as=PART,
        ),
        actor=act.actor,
        at=act.at,
    ).case
    _lend(child, serving)
    return child


def _papers_here(case: Case) -> dict[str, Material]:
    """The papers of a case by code, with their files. Two statements."""
    return {paper.code: paper for paper in case.materials.prefetch_related("uploads")}


def _lend(child: Case, serving: Mapping[str, Material]) -> None:
    """The files of the whole lie with the part too, and so does a register's word for a paper.

    Two statements where there are files, one for each paper that a register stands for.
    """
    for code, paper in serving.items():
        if paper.status == Material.Status.SHARED:
            child.materials.filter(code=code).update(status=paper.status, note=paper.note)
    files = {code: list(paper.uploads.all()) for code, paper in serving.items()}
    if not any(files.values()):
        return
    through = Material.uploads.through
    through.objects.bulk_create(
        through(material_id=paper.pk, upload_id=upload.pk)
        for paper in child.materials.all()
        for upload in files.get(paper.code, [])
    )


def _window(case: Flow) -> int | None:
    """The window that helped to hand it in: an office that has no seat in the case."""
    seated = {place["office"] for place in case.seats.values()}
    return next((office for office in case.office_ids if office not in seated), None)


def as_given(party: Party) -> PartyInput:
    return PartyInput(
        role=party.role,
        name=party.name,
        user=party.user,
        id_number=party.id_number,
        phone=party.phone,
        email=party.email,
        relation=party.relation,
        authority=party.authority,
        scope=tuple(party.scope),
        expires_on=party.expires_on,
    )


def _nothing_chosen(definition: Definition, case: Flow) -> InvalidData:
    form = form_for(definition, typed_again(definition, case.data))
    form.add_error(None, "您的回答没有选中任何一项要办的事，请至少选择一项")
    return InvalidData(form)
