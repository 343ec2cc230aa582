"""What this person can do in a case now, and for the rest why not and who can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from workflows.cases.act import Situation
from workflows.cases.declarations import SYSTEM, TIMER, Step
from workflows.cases.verdicts import Verdict, why_not

TONES = ("primary", "secondary", "warning")
# Keys of what every flow has; what moves a case goes by its number in the list.
KEYS = {"claim": "c", "remark": "r"}
CLAIMS = ("claim", "release")
MOST_NUMBERED = 9


@dataclass(frozen=True)
class Choice:
    """A step that may be taken now. Without a form one press takes it."""

    step: Step
    key: str

    @property
    def has_form(self) -> bool:
        return self.step.form is not None


@dataclass(frozen=True)
class Refusal:
    """A step that may not: why, and who could."""

    label: str
    why: str
    who: str


@dataclass(frozen=True)
class Choices:
    """moves: what brings the case on, the expected one first. claims: taking it, giving it back.

    asides: remarks, passing on, answers. refused: what the case's state would allow, but not to
    this person or not now. later: what comes in another state.
    """

    moves: Sequence[Choice] = ()
    claims: Sequence[Choice] = ()
    asides: Sequence[Choice] = ()
    refused: Sequence[Refusal] = ()
    later: Sequence[Refusal] = ()
    verdicts: dict[str, Verdict] = field(default_factory=dict)

    def allowed(self, code: str) -> bool:
        return code in self.verdicts and self.verdicts[code].allowed

    @property
    def expected(self) -> Step | None:
        """The step that the page opens by itself: the first primary one, where it has a form."""
        first = self.moves[0] if self.moves else None
        opens = first is not None and first.has_form and first.step.tone == "primary"
        return first.step if first is not None and opens else None


def choices_of(situation: Situation) -> Choices:
    """No SQL."""
    verdicts = {v.step.code: v for v in why_not(situation)}
    allowed = [v.step for v in verdicts.values() if v.allowed]
    moves = sorted((s for s in allowed if not s.is_aside), key=lambda s: TONES.index(s.tone))
    asides = [Choice(s, KEYS.get(s.code, "")) for s in allowed if s.is_aside]
    refused = [v for v in verdicts.values() if not v.allowed and _concerns_people(v.step)]
    state = situation.case.state
    return Choices(
        moves=[
            Choice(step, str(n) if n <= MOST_NUMBERED else "") for n, step in enumerate(moves, 1)
        ],
        claims=[c for c in asides if c.step.code in CLAIMS],
        asides=[c for c in asides if c.step.code not in CLAIMS],
        refused=[_refusal(v) for v in refused if state in v.step.source],
        later=[_refusal(v) for v in refused if state not in v.step.source],
        verdicts=verdicts,
    )


def _refusal(verdict: Verdict) -> Refusal:
    return Refusal(verdict.step.label, verdict.reasons[0].text, verdict.who)


def _concerns_people(step: Step) -> bool:
    return not set(step.by) <= {SYSTEM, TIMER}
