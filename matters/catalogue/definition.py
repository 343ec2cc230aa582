"""What a matter is made of: everything in which one matter differs from another on the same flow.

A `Definition` is stored as JSON on a `MatterVersion` and checked against the shape of its flow by
`checks.problems_of`. `docs/adding-a-matter.md` explains every key. A limit that nobody has
published is None: it is shown as 未公布 and no clock runs on it; it is never filled in.
"""

from collections.abc import Iterable
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import Field, StringConstraints

from matters.catalogue.bundle import BundlePart
from matters.catalogue.conditions import Bound, Condition
from matters.catalogue.elsewhere import Elsewhere
from matters.catalogue.guide_facts import Guide
from matters.catalogue.limit import Limit
from matters.catalogue.part import Code, Part, Text
from matters.catalogue.rules import Rule
from matters.catalogue.situations import Precheck, Sentence
from tongban.certificates.kinds import kind_for_paper

__all__ = [
    "BundlePart",
    "Definition",
    "Elsewhere",
    "FormField",
    "Guide",
    "Limit",
    "LimitByLaw",
    "Material",
    "Precheck",
    "Remedies",
    "Reminder",
    "Result",
    "SeatRule",
    "SpecialProcedure",
    "Stage",
]

# Where a fact comes from: read in a source, concluded from one, or remembered and not read again.
Certainty = Literal["stated", "inferred", "from_memory"]
FieldKind = Literal[
    "text",
    "textarea",
    "name",
    "id_number",
    "uscc",
    "phone",
    "date",
    "money",
    "region",
    "choice",
    "yes_no",
    "bank_card",
    "number",
    "email",
    "address",
    "period",
    "month",
    "several",
    "people",
    "file",
]
# What is asked of each person in a list of people.
Column = Literal["name", "id_number", "relation", "phone", "account"]


class Coded(Protocol):
    @property
    def code(self) -> str: ...


T = TypeVar("T", bound=Coded)


class SeatRule(Part):
    """Which office takes a seat: the `office_kind` at `level` above or at a region.

    region: "origin" (where the case was handed in), "applicant" (where the applicant lives) or
    "field:<code>" (the region that the applicant named in that form field).
    """

    seat: Code
    office_kind: Code
    level: Literal["province", "city", "county", "township"]
    region: Annotated[str, StringConstraints(pattern=r"^(origin|applicant|field:[a-z][a-z0-9_]*)$")]

    @property
    def region_field(self) -> str | None:
        """Code of the form field that names the region, if one does."""
        return self.region.removeprefix("field:") if self.region.startswith("field:") else None


class Stage(Part):
    """One stage of review (一审, 二审, 复核…), in the order in which they are listed."""

    code: Code
    name: Text
    seat: Code
    limit: Limit | None = None
    elsewhere: Elsewhere | None = None  # decided in another system, fed back here
    certainty: Certainty = "inferred"


class Material(Part):
    """A paper or file that is asked for. `shared` names the data that can replace it (免证办).

    when: only in a situation in which all of it holds; it names questions and fields. certificate: the
    kind of electronic certificate that stands in for it, "none" for none; without it the name decides.
    """

    code: Code
    name: Text
    required: bool = True
    copies: int = Field(default=1, ge=1, le=20)
    form: Literal["original", "copy", "electronic"] = "electronic"
    source: Literal["self", "government", "other"] = "self"
    missing_ok: bool = False  # 容缺: may follow later, but the case cannot be concluded without it
    shared: Text | None = None
    certificate: Text | None = None
    when: tuple[Condition, ...] = ()
    certainty: Certainty = "inferred"

    @property
    def certificate_kind(self) -> str | None:
        """A code of the kinds of certificates. An original that is to be handed over is never one."""
        if self.certificate is not None:
            return None if self.certificate == "none" else self.certificate
        return kind_for_paper(self.name) if self.form != "original" else None


class FormField(Part):
    """One question of the application form. `region_level`: which places a region picker offers;
    pool: 医保统筹区, 重庆 whole and the cities of 四川.

    at_least, at_most: for numbers, money, days and months. most: people in a list, or files.
    shown_when: asked only if all of it holds; what is not shown is not kept. required_when: must be
    answered if and only if all of it holds, whatever `required` says. Both name earlier questions.
    """

    code: Code
    label: Text
    kind: FieldKind
    required: bool = True
    help: str = ""
    example: str = ""
    choices: tuple[tuple[Code, Text], ...] = ()
    max_length: int | None = Field(default=None, ge=1, le=2000)
    region_level: Literal["county", "township", "pool"] = "county"
    at_least: Literal["today"] | Bound | None = None
    at_most: Literal["today"] | Bound | None = None
    columns: tuple[Column, ...] = ("name", "id_number", "relation")
    most: int = Field(default=8, ge=1, le=60)
    shown_when: tuple[Condition, ...] = ()
    required_when: tuple[Condition, ...] = ()
    certainty: Certainty = "inferred"


class LimitByLaw(Part):
    """A limit that exists only because a law says so; `basis` cites it with its article."""

    limit: Limit
    basis: Text


class SpecialProcedure(Part):
    """特别程序 whose time is excluded from the clock (听证, 鉴定…); `basis` cites the law."""

    name: Text
    basis: Text
    lasts: Limit | None = None  # 公示, 冷静期: not over before this has run out
    seat: Code | None = (
        None  # whose it is where it is not the reviewing office's (评定 at the 收件地)
    )


class Result(Part):
    kind: Literal["certificate", "notice", "registration", "money", "none"]
    name: Text


class Remedies(Part):
    """What an applicant can do against a refusal, as printed on it."""

    review_office: Text
    review_days: int = Field(default=60, ge=1, le=365)
    lawsuit_months: int = Field(default=6, ge=1, le=24)


class Reminder(Part):
    """督办: so long after the office was asked, who is reminded of what it owes."""

    after: Limit
    to: Literal["handler", "head", "supervisor"]


class Definition(Part):
    """All that a matter's version says about how it is applied for, decided and delivered."""

    seats: tuple[SeatRule, ...]
    stages: tuple[Stage, ...] = ()
    hops: dict[Code, Limit] = Field(default_factory=dict)
    promise: Limit | None = None
    statutory: Limit | None = None
    supplement: Limit | None = None
    deemed_acceptance: LimitByLaw | None = None
    extension: LimitByLaw | None = None
    special_procedures: tuple[SpecialProcedure, ...] = ()
    fields: tuple[FormField, ...] = ()
    rules: tuple[Rule, ...] = ()
    materials: tuple[Material, ...] = ()
    result: Result
    legal_basis: tuple[Text, ...] = ()
    conditions: tuple[Text | Sentence, ...] = ()
    precheck: Precheck | None = None  # 情形: asked before any form
    elsewhere: dict[Code, Elsewhere] = Field(default_factory=dict)  # steps taken in another system
    zones: tuple[Text, ...] = ()  # 毗邻地区: valid only there (万达开); none: as its list says
    fee: Text | None = None  # None: 未公布
    effective_month: Literal["application", "approval"] | None = None  # 计发月
    checklist: tuple[Text, ...] = ()  # 收件要点, for the clerk at the counter
    remedies: Remedies | None = None
    # The lights: yellow from this share of a limit or on its last working day, whichever is first;
    # red when all of it is used, or sooner where an office wants to be warned before it is late.
    yellow_percent: int = Field(default=90, ge=1, le=100)
    red_percent: int = Field(default=100, ge=1, le=100)
    # How sure the single facts above are: "promise", "hops.collected", "conditions" → certainty.
    certainty: dict[str, Certainty] = Field(default_factory=dict)
    parts: tuple[BundlePart, ...] = ()  # 一件事: the matters that this one is made of
    reminders: tuple[Reminder, ...] = ()  # 督办 ladder, in order, where the flow has one
    guide: Guide = Field(default_factory=Guide)  # what the guide says besides
    sources: tuple[Text, ...] = ()  # addresses of the pages that the facts were read in

    def seat_rule(self, seat: str) -> SeatRule:
        """Raises KeyError for a seat that this matter does not have."""
        for rule in self.seats:
            if rule.seat == seat:
                return rule
        raise KeyError(seat)

    def stage(self, code: str) -> Stage:
        """Raises KeyError for a stage that this matter does not have."""
        return _by_code(self.stages, code)

    def field(self, code: str) -> FormField:
        """Raises KeyError for a field that this matter does not have."""
        return _by_code(self.fields, code)

    def material(self, code: str) -> Material:
        """Raises KeyError for a material that this matter does not have."""
        return _by_code(self.materials, code)


def _by_code(parts: Iterable[T], code: str) -> T:
    for part in parts:
        if part.code == code:
            return part
    raise KeyError(code)
