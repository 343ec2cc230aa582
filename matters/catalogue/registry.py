"""The shapes of the flows: what a matter's data may name.

`workflows` fills this in `ready()`, so that data is checked against the flows without the
catalogue importing them.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FlowShape:
    """What data may name of one flow.

    seats: each must be filled by a seat rule of the matter.
    optional_seats: may be filled.
    states: hop limits may be set for these. stage_states: the holder or the limit comes from the
    matter's stage.
    steps: what somebody can do. steps_with_form: those that ask for something, so that what another
    system decided can be fed back with them.
    kind: application, query, appointment or office_work. only_as_part: nobody applies for it, as its
    cases are parts of others or work between offices.
    seat_names, state_names: (code, Chinese name) of each, for tables that people fill.
    """

    code: str
    name: str
    seats: tuple[str, ...]
    states: tuple[str, ...]
    stage_states: tuple[str, ...]
    steps: tuple[str, ...]
    optional_seats: tuple[str, ...] = ()
    steps_with_form: tuple[str, ...] = ()
    seat_names: tuple[tuple[str, str], ...] = ()
    state_names: tuple[tuple[str, str], ...] = ()
    kind: str = "application"
    only_as_part: bool = False


_shapes: dict[str, FlowShape] = {}


class FlowUnknown(LookupError):
    """No flow of that code is registered."""


def register(shape: FlowShape) -> None:
    """The same shape twice is one; another shape under a taken code raises ValueError."""
    if _shapes.setdefault(shape.code, shape) != shape:
        raise ValueError(f"flow {shape.code!r} is registered already with another shape")


def shape(code: str) -> FlowShape:
    """Raises FlowUnknown."""
    try:
        return _shapes[code]
    except KeyError:
        raise FlowUnknown(code) from None


def never_alone() -> frozenset[str]:
    """Codes of the flows for whose cases nobody applies: no list offers their matters."""
    return frozenset(shape.code for shape in _shapes.values() if shape.only_as_part)


def shapes() -> Iterable[FlowShape]:
    return tuple(_shapes.values())
