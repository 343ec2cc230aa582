"""Which flow classes there are. Flows register themselves; `cases` names none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .flow import Flow

_flows: dict[str, type[Flow]] = {}


class UnknownFlow(LookupError):
    """A case or a matter names a flow that no file declares."""


def register(flow: type[Flow]) -> None:
    if flow.CODE in _flows and _flows[flow.CODE].__qualname__ != flow.__qualname__:
        raise ValueError(f"two flows are called {flow.CODE!r}")
    _flows[flow.CODE] = flow


def flow_class(code: str) -> type[Flow]:
    try:
        return _flows[code]
    except KeyError:
        raise UnknownFlow(f"no flow is called {code!r}") from None


def flows() -> list[type[Flow]]:
    """Every flow, by code."""
    return [_flows[code] for code in sorted(_flows)]
