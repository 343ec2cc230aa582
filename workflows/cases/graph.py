"""A flow as nodes and moves, read off its declarations: what the diagram draws and the checks walk.

With a matter's definition the states that depend on the stage stand once for each stage (or, where
only the holder depends on it, once for each seat); without one, once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matters.catalogue.definition import Definition

from .declarations import APPLICANT, STAGE, State, Step
from .flow import Flow

Spot = tuple[str, str]


@dataclass(frozen=True)
class Node:
    """A state, at a stage of the matter where that makes a difference. holder: '' where it is closed."""

    state: State
    stage: str
    holder: str


@dataclass(frozen=True)
class Move:
    """A step that leads from one node to another."""

    step: Step
    source: Node
    target: Node


@dataclass(frozen=True)
class Graph:
    """Nodes in the order of the flow's file; moves in the order of its steps."""

    nodes: tuple[Node, ...]
    moves: tuple[Move, ...]

    @property
    def start(self) -> Node:
        return self.nodes[0]


def graph_of(flow: type[Flow], definition: Definition | None) -> Graph:
    """What can be reached from where a case begins. No SQL."""
    stages = [stage.code for stage in definition.stages] if definition else []
    moves: dict[tuple[str, Spot, Spot], None] = {}
    start = (flow.INITIAL, stages[0] if stages else "")
    known, waiting = {start: None}, [start]
    returning: list[Spot] = []
    while waiting or returning:
        spot = (waiting or returning).pop(0)
        back = flow.state_named(spot[0]).holder == APPLICANT and spot != start
        if back and waiting:
            returning.append(spot)  # until all is known that needs nobody's return
            continue
        for step, target in _onward(flow, spot, stages, definition):
            if back and not _comes_back(flow, target, known):
                continue
            moves[step.code, spot, target] = None
            if target not in known:
                known[target] = None
                waiting.append(target)
    return _drawn(flow, definition, known, moves)


def _comes_back(flow: type[Flow], target: Spot, known: dict[Spot, None]) -> bool:
    """What comes back from the applicant comes back to where it was, at the stage it was at.

    It leads on as well to where nothing else leads.
    """
    elsewhere = target[0] not in {state for state, _ in known}
    return target in known or elsewhere or flow.state_named(target[0]).closes


def steps_at(flow: type[Flow], state: str, definition: Definition | None) -> Iterator[Step]:
    """The steps that lead on; a timer's only where the matter cites the law that lets it run.

    What is done aside and leaves the case where it is (备注, 催办) is no part of the picture.
    """
    for step in flow.STEPS.values():
        runs = step.after is None or definition is None or step.after(definition) is not None
        leads = not step.is_aside or step.target is not None
        if state in step.source and leads and runs:
            yield step


def _onward(
    flow: type[Flow], spot: Spot, stages: list[str], definition: Definition | None
) -> Iterator[tuple[Step, Spot]]:
    state, stage = spot
    later = stages[stages.index(stage) + 1 :] if stage else []
    for step in steps_at(flow, state, definition):
        if state in step.targets and later:
            # It agrees and hands on: only the last stage's word leads further.
            yield step, (state, later[0])
            continue
        for target in step.targets:
            if target != state or not stages:
                yield step, (target, stage)


def _drawn(
    flow: type[Flow],
    definition: Definition | None,
    known: dict[Spot, None],
    moves: dict[tuple[str, Spot, Spot], None],
) -> Graph:
    """Spots that look the same become one node."""
    nodes = {spot: _node(flow, definition, spot) for spot in known}
    states, steps = [s.code for s in flow.STATES], list(flow.STEPS)
    stages = [s.code for s in definition.stages] if definition else [""]

    def place(node: Node) -> tuple[int, int]:
        return states.index(node.state.code), stages.index(node.stage) if node.stage else 0

    in_order = sorted(dict.fromkeys(nodes.values()), key=place)
    drawn = dict.fromkeys(
        Move(flow.STEPS[code], nodes[source], nodes[target]) for code, source, target in moves
    )
    start = nodes[next(iter(known))]
    return Graph(
        nodes=(start, *(node for node in in_order if node != start)),
        moves=tuple(sorted(drawn, key=lambda move: steps.index(move.step.code))),
    )


def _node(flow: type[Flow], definition: Definition | None, spot: Spot) -> Node:
    state, stage = flow.state_named(spot[0]), spot[1]
    if STAGE not in (state.holder, state.limit) or definition is None or not stage:
        holder = flow.OWNER_SEAT if state.holder == STAGE else state.holder
        return Node(state, "", holder)
    holder = definition.stage(stage).seat if state.holder == STAGE else state.holder
    if state.limit != STAGE:
        stage = next(s.code for s in definition.stages if s.seat == definition.stage(stage).seat)
    return Node(state, stage, holder)
