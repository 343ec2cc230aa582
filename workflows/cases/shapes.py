"""A flow's shape: what matter data may name of it, handed to the catalogue's registry."""

from __future__ import annotations

from matters.catalogue.registry import FlowShape

from .declarations import STAGE
from .flow import Flow


def shape_of(flow: type[Flow]) -> FlowShape:
    return FlowShape(
        code=flow.CODE,
        name=flow.LABEL,
        kind=flow.KIND,
        only_as_part=flow.ONLY_AS_PART or flow.BETWEEN_OFFICES,
        seats=tuple(s.code for s in flow.SEATS if s.code not in flow.OPTIONAL_SEATS),
        optional_seats=flow.OPTIONAL_SEATS,
        states=tuple(s.code for s in flow.STATES),
        stage_states=tuple(s.code for s in flow.STATES if STAGE in (s.holder, s.limit)),
        steps=tuple(flow.STEPS),
        steps_with_form=tuple(s.code for s in flow.STEPS.values() if s.form is not None),
        seat_names=tuple((s.code, s.name) for s in flow.SEATS),
        state_names=tuple((s.code, s.name) for s in flow.STATES),
    )
