"""A flow as a table and as a picture, both drawn from its declarations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString

from matters.catalogue.definition import Definition, Limit

from .declarations import ANY_SEAT, APPLICANT, HOLDER, STAGE, Step
from .flow import Flow
from .graph import Graph, Node, graph_of, steps_at
from .picture import Shown, picture_of
from .verdicts import TAKER_WORDS

# What people do when all goes well comes first.
TONES = ("primary", "secondary", "warning")


@dataclass(frozen=True)
class Way:
    """What can happen in a state, who does it, and what the case then is ('' where it stays so)."""

    label: str
    who: str
    to: str


@dataclass(frozen=True)
class Row:
    """A line of the table: a state, who has the case there and for how long, and the ways on."""

    state: str
    stage: str
    name: str
    holder: str
    limit: str
    ways: tuple[Way, ...]
    is_now: bool


def diagram_svg(
    flow: type[Flow], definition: Definition | None, *, now: str = "", stage: str = ""
) -> SafeString:
    """A lane per seat, the applicant's first; states as boxes, the main steps as lines between them.

    now, stage: the state (and stage) to be marked as the present one. No SQL, no inline style.
    """
    graph = graph_of(flow, definition)
    shown = [Shown(name_of(n, definition), limit_text(n, definition)) for n in graph.nodes]
    return picture_of(flow, graph, shown, now=_present(graph, now, stage))


def diagram_rows(
    flow: type[Flow], definition: Definition | None, *, now: str = "", stage: str = ""
) -> list[Row]:
    """The same as text: every state with its holder, its limit and what can happen there."""
    graph = graph_of(flow, definition)
    present = _present(graph, now, stage)
    return [
        Row(
            state=node.state.code,
            stage=node.stage,
            name=name_of(node, definition),
            holder=_holder_name(flow, node),
            limit=limit_text(node, definition),
            ways=tuple(_ways(flow, graph, node, definition)),
            is_now=node == present,
        )
        for node in graph.nodes
    ]


def name_of(node: Node, definition: Definition | None) -> str:
    """A stage goes by its own name where the state is the stage's work."""
    if definition is not None and node.stage and node.state.limit == STAGE:
        return definition.stage(node.stage).name
    return node.state.name


def limit_text(node: Node, definition: Definition | None) -> str:
    """How long a case may stay: the matter's own figure before the flow's; '' where nobody says."""
    limit = None if node.state.closes else _limit_of(node, definition)
    return limit.text if limit else ""


def _limit_of(node: Node, definition: Definition | None) -> Limit | None:
    state = node.state
    if definition is not None and state.code in definition.hops:
        return definition.hops[state.code]
    if state.limit == STAGE:
        return definition.stage(node.stage).limit if definition and node.stage else None
    if state.limit == "supplement":
        return definition.supplement if definition else None
    return Limit.parse(state.limit) if state.limit else None


def _ways(
    flow: type[Flow], graph: Graph, node: Node, definition: Definition | None
) -> Iterator[Way]:
    here = steps_at(flow, node.state.code, definition)
    for step in sorted(here, key=lambda step: TONES.index(step.tone)):
        targets = [m.target for m in graph.moves if m.step == step and m.source == node]
        if targets or step.target is None:
            to = "或".join(name_of(target, definition) for target in targets)
            yield Way(step.label, _who(flow, step, node, definition), to)


def _who(flow: type[Flow], step: Step, node: Node, definition: Definition | None) -> str:
    words = []
    for taker in step.by:
        if taker == ANY_SEAT:
            words.append("任一经办机构")
        elif taker in TAKER_WORDS:
            words.append(TAKER_WORDS[taker])
        elif taker == HOLDER:
            words.append(_holder_name(flow, node))
        elif taker == STAGE:
            first = definition.stages[0].seat if definition else flow.OWNER_SEAT
            words.append(flow.seat_named(first).name)
        else:
            words.append(flow.seat_named(taker).name)
    return "、".join(words) + ("（须负责人）" if step.head_only else "")


def _holder_name(flow: type[Flow], node: Node) -> str:
    if node.holder == APPLICANT:
        return TAKER_WORDS[APPLICANT]
    return flow.seat_named(node.holder).name if node.holder else ""


def _present(graph: Graph, now: str, stage: str) -> Node | None:
    """The node of a state, at that stage if the state has several."""
    here = [node for node in graph.nodes if node.state.code == now]
    return next((node for node in here if node.stage == stage), here[0] if here else None)
