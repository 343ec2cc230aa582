"""Flow 流程: a proxy of Case whose steps are django-fsm transitions."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from django_fsm import RETURN_VALUE, transition

from matters.catalogue.definition import Definition, Limit

from . import registry
from .act import Act, Situation
from .common_steps import CommonSteps
from .declarations import (
    APPLICANT,
    CLOSED,
    OPEN,
    OWNER,
    STAGE,
    SUPPLEMENTING,
    Next,
    Seat,
    State,
    Step,
)
from .forms import StepForm
from .models import Case
from .opinion_steps import ASSISTING, NO_OPINION_OWED, OpinionSteps
from .rating_steps import RatingSteps

if TYPE_CHECKING:
    import datetime as dt

    from matters.catalogue.models import MatterVersion

    from .opening import Application, PartyInput


@dataclass(frozen=True)
class Panel:
    """A part of a case's page: a template, and what it gets as `panel`."""

    template: str
    shown: Any


@dataclass(frozen=True)
class Foretold:
    """What the registers say to somebody before they hand in, in sentences."""

    title: str
    lines: tuple[str, ...]
    is_obstacle: bool = False

    @property
    def tone(self) -> str:
        return "warning" if self.is_obstacle else "info"


@dataclass(frozen=True)
class GoingOn:
    """An application that may follow a case: of which version, and what of its form is known, in clear.

    title, text: what stands above its button.
    """

    label: str
    version: MatterVersion
    data: Mapping[str, Any]
    title: str
    text: str


class FlowError(Exception):
    """A flow is declared wrongly; raised when its file is read."""


class Flow(CommonSteps, OpinionSteps, RatingSteps, Case):
    """Base of the flows. A subclass declares CODE, LABEL, SEATS, STATES, INITIAL and its steps."""

    CODE: ClassVar[str] = ""
    LABEL: ClassVar[str] = ""
    SEATS: ClassVar[tuple[Seat, ...]] = ()
    STATES: ClassVar[tuple[State, ...]] = ()
    INITIAL: ClassVar[str] = ""
    # The seat whose office decides: its province owns the case, its calendar the promise.
    OWNER_SEAT: ClassVar[str] = ""
    # The seat of the place where it is handed in; "" where nobody collects.
    ORIGIN_SEAT: ClassVar[str] = ""
    OPTIONAL_SEATS: ClassVar[tuple[str, ...]] = ()
    # Nobody applies for it by itself: its cases are parts of others, and no list of matters shows it.
    ONLY_AS_PART: ClassVar[bool] = False
    # A later part of the same matter at the same office was filed in the place of the one before.
    REFILES_PARTS: ClassVar[bool] = True
    # What the applicant has to know of the table of parts; "" for nothing.
    PARTS_NOTE: ClassVar[str] = ""
    # The seat whose office opens cases of it by itself, for people who do not apply: a hospital's.
    BEGUN_AT: ClassVar[str] = ""
    # What the beginning of a case is called where nobody applies; "" for 提交申请.
    OPENED_AS: ClassVar[str] = ""
    # No citizen applies: one of its offices, or the system, opens it. No list of matters shows it.
    BETWEEN_OFFICES: ClassVar[bool] = False
    # application, query, appointment or office_work: never counted together (`kinds.py`).
    KIND: ClassVar[str] = "application"
    STEPS: ClassVar[dict[str, Step]] = {}

    class Meta:
        proxy = True
        default_permissions = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # Runs before Django prepares the class, so that django-fsm finds finished transitions.
        super().__init_subclass__(**kwargs)
        if not cls.CODE:
            return
        # Any office may be asked to countersign 会签, whatever the flow.
        cls.SEATS = (*cls.SEATS, ASSISTING)
        cls.OPTIONAL_SEATS = (*cls.OPTIONAL_SEATS, ASSISTING.code)
        cls.STEPS = {}
        for name in _step_names(cls):
            body = getattr(cls, name)
            if not hasattr(body, "declared_step"):
                # Without this an undecorated override would drop the step without a word.
                raise FlowError(f"{cls.CODE}: {name} overrides a step without declaring one")
            declared: Step = body.declared_step
            own = replace(
                declared,
                source=_states_meant(cls, declared.source),
                by=tuple(cls.OWNER_SEAT if taker == OWNER else taker for taker in declared.by),
                guards=(*declared.guards, *([NO_OPINION_OWED] if declared.decides else [])),
            )
            if not own.source:
                # A step of every flow that knows no such state in this one.
                continue
            if own.form is not None and issubclass(own.form, StepForm):
                own = replace(own, form=own.form.of_step(own))
            cls.STEPS[name] = own
            setattr(cls, name, _as_transition(body, own))
        registry.register(cls)

    @classmethod
    def state_named(cls, code: str) -> State:
        for state in cls.STATES:
            if state.code == code:
                return state
        raise FlowError(f"流程 {cls.CODE} 没有状态 {code}")

    @classmethod
    def seat_named(cls, code: str) -> Seat:
        for seat in cls.SEATS:
            if seat.code == code:
                return seat
        raise FlowError(f"流程 {cls.CODE} 没有席位 {code}")

    def opened(self, act: Act) -> None:
        """What a flow does with a case of its own when it opens; documents, dates. Default: nothing."""

    def begun(self, act: Act, application: Application) -> Flow | None:
        """What follows once the new case stands with its people and papers: its parts, or its end.

        Gives the case anew if that moved it. Default: nothing.
        """

    @classmethod
    def told_before(
        cls,
        people: Sequence[PartyInput],
        data: Mapping[str, Any],
        on: dt.date,
    ) -> Foretold | None:
        """What is told before handing in: to whoever begins (no answers yet), and beside the answers to
        be checked. Default: nothing."""

    def panel(self, situation: Situation, *, for_party: bool = False) -> Panel | None:
        """What this flow alone shows on the page of a case, the offices' or its people's. Default: nothing."""

    def part_name(self, child: Case, *, for_party: bool) -> str:
        """What one of its parts is called in the table of parts. Default: its matter."""
        del for_party
        return child.matter.name

    def goes_on(self, situation: Situation) -> GoingOn | None:
        """What its people may apply for next with what this case knows. Default: nothing."""

    @property
    def current(self) -> State:
        return self.state_named(self.state)

    def holder_in(self, state: State, definition: Definition) -> str:
        """The seat (or 'applicant') that holds the case in `state`, '' where it is closed."""
        if state.holder == STAGE:
            return definition.stage(self.stage).seat
        return state.holder

    def limit_in(self, state: State, definition: Definition) -> Limit | None:
        """How long the case may stay in `state`: the matter's own figure before the flow's."""
        if state.code in definition.hops:
            return definition.hops[state.code]
        if state.limit is None:
            return None
        if state.limit == STAGE:
            return definition.stage(self.stage).limit
        if state.limit == "supplement":
            return definition.supplement
        return Limit.parse(state.limit)

    def told_until(self) -> dt.datetime | None:
        """Until when it helps to tell the people what this state asks of them; None: until it is done."""
        return self.hop_due_at if self.holder == APPLICANT else None

    def usually(self, step: Step, _definition: Definition) -> str:
        """Where `step` leads if all goes well; a flow whose steps choose says so for its own."""
        return next(target for target in step.targets if target not in step.source)

    def state_label(self, definition: Definition) -> str:
        """What the state is called on a page; a stage goes by its own name."""
        if self.current.limit == STAGE and self.stage:
            return definition.stage(self.stage).name
        return self.current.name


def _step_names(flow: type[Flow]) -> list[str]:
    """Names declared as steps anywhere in the class's line: its own first, in reading order."""
    names: dict[str, None] = {}
    for base in flow.__mro__:
        names.update({n: None for n, a in vars(base).items() if hasattr(a, "declared_step")})
    return list(names)


def _states_meant(flow: type[Flow], sources: tuple[str, ...]) -> tuple[str, ...]:
    """Spell out OPEN, CLOSED and SUPPLEMENTING. '*' is refused: it matches closed and unknown states."""
    meant: list[str] = []
    for source in sources:
        if source == "*":
            raise FlowError(f"{flow.CODE}: source='*' is forbidden")
        if source in (OPEN, CLOSED):
            meant += [s.code for s in flow.STATES if s.closes == (source == CLOSED)]
        elif source == SUPPLEMENTING:
            meant += [s.code for s in flow.STATES if s.limit == "supplement"]
        else:
            meant.append(source)
    return tuple(dict.fromkeys(meant))


def _as_transition(body: Callable[..., Any], declared: Step) -> Callable[..., Any]:
    """A django-fsm transition of this flow's own.

    The body is wrapped anew for each flow: django-fsm keeps its sources on the function itself, so
    a common step shared by two flows would otherwise gather the states of both.
    """

    @functools.wraps(body)
    def taken(case: Flow, act: Any) -> Any:
        return body(case, act)

    target = declared.target
    made: Callable[..., Any] = transition(
        field="state",
        source=list(declared.source),
        target=RETURN_VALUE(*target.states) if isinstance(target, Next) else target,
        custom={"step": declared},
    )(taken)
    return made
