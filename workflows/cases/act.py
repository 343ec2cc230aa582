"""Situation and Act: what a guard may ask, and what a step's body may do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model

from matters.catalogue.definition import Definition, Limit
from tongban.accounts.actors import Actor
from tongban.prepared import insert

from .clocks import local_day
from .declarations import Step
from .models import CaseNumber, Document, Party, Suspension, Wake
from .numbers import plain_number
from .together import Together

if TYPE_CHECKING:
    from .flow import Flow

T = TypeVar("T")


@dataclass(frozen=True)
class Situation:
    """A case as it stands, before somebody who looks at it. Guards get this."""

    case: Flow
    actor: Actor
    parties: tuple[Party, ...]
    definition: Definition
    at: dt.datetime
    # The cases that take the same step at the same time; None where this one goes alone.
    together: Together | None = None

    @property
    def today(self) -> dt.date:
        return local_day(self.at)

    def once(self, about: Hashable, read: Callable[[], T]) -> T:
        """What `read` gives; cases that go together ask for the same thing once."""
        return read() if self.together is None else self.together.once(about, read)

    def of_each(self, read: Callable[[Collection[int]], Mapping[int, T]]) -> T | None:
        """What `read` gives for this case; cases that go together are read at once."""
        ids = [self.case.pk]
        found = read(ids) if self.together is None else self.together.of_each(read)
        return found.get(self.case.pk)


@dataclass
class Act:
    """One step being taken. Bodies change the case through it and leave their traces in `record`."""

    situation: Situation
    step: Step
    seat: str
    office_id: int | None
    data: Mapping[str, Any]
    seq: int
    record: dict[str, Any] = field(default_factory=dict)
    told: list[tuple[str, dict[str, Any], Document | None]] = field(default_factory=list)
    outcome: str = ""
    # Names of clocks to begin, extend or end now; timekeeping reads these after the transition.
    restarts_hop: bool = False
    hop_start: dt.datetime | None = None
    extensions: list[tuple[str, Limit]] = field(default_factory=list)
    pauses_changed: bool = False
    # A timer's step that could not do its work yet: when it is to be taken again.
    again_after: Limit | None = None
    numbers: list[CaseNumber] = field(default_factory=list)
    recounts: bool = False
    # An aside that asks the person again for what the case waits for (a new deadline).
    asks_anew: bool = False

    @property
    def case(self) -> Flow:
        return self.situation.case

    @property
    def at(self) -> dt.datetime:
        return self.situation.at

    @property
    def today(self) -> dt.date:
        return self.situation.today

    @property
    def definition(self) -> Definition:
        return self.situation.definition

    @property
    def actor(self) -> Actor:
        return self.situation.actor

    def suspend(self, *, kind: str, reason: str, basis: str = "", limit: str = "") -> Suspension:
        """Stop the case's promise and statutory clocks from now on (补正, 特别程序). One statement."""
        suspension = Suspension.objects.create(
            case_id=self.case.pk,
            kind=kind,
            reason=reason,
            basis=basis,
            limit=limit,
            started_at=self.at,
            seq=self.seq,
        )
        self.case.suspended_as = kind
        self.pauses_changed = True
        return suspension

    def resume(self) -> None:
        """End the open suspension; the clocks run on. One statement."""
        Suspension.objects.filter(case_id=self.case.pk, ended_at=None).update(ended_at=self.at)
        self.case.suspended_as = ""
        self.pauses_changed = True

    def extend(self, *, clock: str, limit: Limit, reason: str, **persons: str) -> None:
        """Give a clock more days of its own unit, for a reason that stands in the event.

        persons: `asked_by`, `approved_by` by name, where they are not who takes the step.
        """
        self.extensions.append((clock, limit))
        clocks = [*self.record.get("extension", {}).get("clocks", ()), clock]
        self.record["extension"] = {
            "clock": clock, "clocks": clocks, "limit": str(limit), "reason": reason, **persons,
        }  # fmt: skip

    def issue(
        self, kind: str, content: Mapping[str, Any], *, starts_limit: bool = False
    ) -> Document:
        """Issue a numbered document 文书; its content is kept as issued. One statement.

        The number is the case's number, the kind's letter and the step: no shared counter to queue at.
        What the applicant or a timer brings about is issued by the office that has the case.
        """
        case = self.case
        office_id = self.office_id or case.holder_office_id or case.office_of(case.OWNER_SEAT)
        document = Document(
            case_id=case.pk,
            kind=kind,
            number=f"{case.number}-{DOCUMENT_MARKS[kind]}{self.seq}",
            seq=self.seq,
            office_id=office_id,
            content=dict(content),
            issued_at=self.at,
            starts_limit=starts_limit,
        )
        if self.situation.together is not None:
            self.situation.together.name(document)
        self.write(document)
        self.record.setdefault("documents", []).append(document.number)
        if kind in SERVED:
            case.facts = {**case.facts, "unserved": [*case.facts.get("unserved", []), document.pk]}
        return document

    def write(self, *rows: Model) -> None:
        """Write new rows of one table with the step. One statement, shared by cases that go together."""
        if self.situation.together is not None:
            for row in rows:
                self.situation.together.write(row)
        elif len(rows) == 1:
            insert(rows[0])
        elif rows:
            type(rows[0])._default_manager.bulk_create(rows)

    def tell(self, template: str, *, document: Document | None = None, **context: Any) -> None:
        """Owe the parties a notice; written in the same statement as the event."""
        self.told.append((template, context, document))

    def wake_parent(self, parent_id: int) -> None:
        """Owe the parent a look, without locking it. One statement."""
        self.write(
            Wake(parent_id=parent_id, child_id=self.case.pk, outcome=self.outcome, owed_at=self.at)
        )

    def await_children(self, kind: str) -> None:
        """Have another look at the children that closed before anybody waited. One statement."""
        Wake.objects.filter(parent_id=self.case.pk, child__awaited_as=kind).update(taken_at=None)

    def begin_hop(self, at: dt.datetime) -> None:
        """Let this stay's clock run from `at` (the day of 送达), not from entering the state."""
        self.restarts_hop, self.hop_start = True, at

    def number(self, name: str, number: str) -> None:
        """A number that this step gave the case: of a permit, a letter. It is found by it from now on."""
        kept = plain_number(number)
        self.numbers.append(
            CaseNumber(
                case_id=self.case.pk,
                kind=CaseNumber.Kind.PAPER,
                name=name,
                number=kept,
                seq=self.seq,
            )
        )

    def note(self, **facts: Any) -> None:
        self.record.update(facts)


# What must reach the person before it has effect. A receipt is handed over on the spot.
SERVED = frozenset(
    {
        Document.Kind.SUPPLEMENT,
        Document.Kind.NOT_ACCEPTED,
        Document.Kind.REFUSAL,
        Document.Kind.EXTENSION,
        Document.Kind.SPECIAL,
        Document.Kind.CONCLUSION,
    }
)

DOCUMENT_MARKS: dict[str, str] = {
    Document.Kind.RECEIPT: "SJ",
    Document.Kind.ACCEPTANCE: "SL",
    Document.Kind.SUPPLEMENT: "BZ",
    Document.Kind.NOT_ACCEPTED: "BS",
    Document.Kind.REFUSAL: "BY",
    Document.Kind.EXTENSION: "YQ",
    Document.Kind.SPECIAL: "TB",
    Document.Kind.CONCLUSION: "BJ",
    Document.Kind.RESULT: "JG",
    Document.Kind.CLEARING: "QS",
}
