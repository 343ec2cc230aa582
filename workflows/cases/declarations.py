"""The words in which a flow is declared: seats, states, steps, guards.

What is declared here is all there is: buttons, API, diagram, table of rights and tests read it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from matters.catalogue.definition import Definition, Limit

if TYPE_CHECKING:
    from django.forms import Form

    from .act import Situation

APPLICANT: Final = "applicant"
# Takers that are not people.
TIMER: Final = "timer"
SYSTEM: Final = "system"
SUPERVISOR: Final = "supervisor"
# In a state: "as the pinned version says for the case's stage". In a step: the seat of that stage.
STAGE: Final = "@stage"
# In a step: the office that holds the case.
HOLDER: Final = "@holder"
# In a step: the seat that decides, whatever the flow calls it.
OWNER: Final = "@owner"
# In a step: every office that has a part in the case.
ANY_SEAT: Final = "@any"
# In a step's source: every state in which the case is open, or is closed.
OPEN: Final = "@open"
CLOSED: Final = "@closed"
# In a step's source: the states in which the applicant's time to supplement 补正 runs.
SUPPLEMENTING: Final = "@supplementing"

HOP: Final = "hop"
PROMISE: Final = "promise"
STATUTORY: Final = "statutory"


@dataclass(frozen=True)
class Seat:
    """The part an office plays: its code and the word for it on the pages."""

    code: str
    name: str


@dataclass(frozen=True)
class Awaits:
    """A state that waits for child cases of a kind (`awaited_as`).

    rule: 'all' closed; 'any' one ended well, or none is open any more; 'lead': whoever leads takes
    a step, no child moves the parent.
    """

    kind: str
    rule: str = "all"


@dataclass(frozen=True)
class State:
    """Where a case can be. `holder` is a seat, APPLICANT, STAGE, or '' for a closed state.

    limit: typed ("3G"), STAGE, a name of the definition's own limits ('supplement'), or None. The
    definition's `hops[code]` goes before it.
    """

    code: str
    name: str
    holder: str
    limit: str | None = None
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    # 'service': the limit runs from the day on which the document reached the person (送达).
    limit_from: str = "entry"
    # The limit of the state before runs on here: one limit over several states.
    keeps_hop: bool = False
    counts_as: str = ""
    closes: bool = False
    # Papers or money are between two offices; a delay here is nobody's at a desk.
    on_road: bool = False
    awaits: Awaits | None = None
    # What the applicant has to do themselves meanwhile; "" where they only wait.
    hint: str = ""
    # What the applicant reads where there is nothing for them to do, in the place of the usual sentence.
    says: str = ""


@dataclass(frozen=True)
class Guard:
    """A rule a step rests on. `holds(situation)` is asked before the step; `reason` is told if not."""

    code: str
    reason: str
    holds: Callable[[Situation], bool]


@dataclass(frozen=True)
class Next:
    """A target chosen by the step's body: it returns one of these states."""

    states: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A transition somebody takes.

    by: seats, APPLICANT, TIMER, SYSTEM, SUPERVISOR, HOLDER, STAGE or ANY_SEAT. right: what a party
    needs for it (sign, supplement, withdraw, see). after: for TIMER steps, the limit from entering
    the state.
    """

    code: str
    label: str
    done: str
    source: tuple[str, ...]
    target: str | Next | None
    by: tuple[str, ...]
    form: type[Form] | None = None
    guards: tuple[Guard, ...] = ()
    right: str = "sign"
    head_only: bool = False
    while_suspended: bool = False
    decides: bool = False
    notice: str = ""
    after: Callable[[Definition], Limit | None] | None = None
    counts_as: str = ""
    tone: str = "secondary"
    # A remark, a claim: shown apart from what moves the case.
    is_aside: bool = False
    # The same answers may serve many cases at once (`bulk`).
    for_many: bool = False
    extra: dict[str, Any] = field(default_factory=dict, hash=False, compare=False)

    @property
    def targets(self) -> tuple[str, ...]:
        if self.target is None:
            return ()
        return self.target.states if isinstance(self.target, Next) else (self.target,)


def step(
    label: str,
    *,
    source: str | tuple[str, ...],
    target: str | Next | None = None,
    by: str | tuple[str, ...],
    done: str = "",
    **more: Any,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a method of a flow as a step. The method's name is the step's code.

    The body gets the `Act`; it may set columns of the case other than the state, and records what
    it does through the act. It returns the next state where the target is a `Next`.
    """

    def declare(body: Callable[..., Any]) -> Callable[..., Any]:
        declared = Step(
            code=body.__name__,
            label=label,
            done=done or f"已{label}",
            source=(source,) if isinstance(source, str) else source,
            target=target,
            by=(by,) if isinstance(by, str) else by,
            **more,
        )
        setattr(body, "declared_step", declared)  # noqa: B010  (mypy knows no such attribute)
        return body

    return declare
