"""`{% flow_lanes version.flow definition case.state case.stage %}`: a flow's picture and its table."""

from __future__ import annotations

from typing import Any

from django import template

from matters.catalogue.definition import Definition

from ..diagram import diagram_rows, diagram_svg
from ..registry import flow_class

register = template.Library()


@register.inclusion_tag("components/lanes.html")
def flow_lanes(
    flow: str, definition: Definition | None = None, now: str = "", stage: str = ""
) -> dict[str, Any]:
    """flow: its code. now, stage: the state to be marked as the present one. No SQL."""
    declared = flow_class(flow)
    return {
        "label": f"{declared.LABEL}办理流程图",
        "svg": diagram_svg(declared, definition, now=now, stage=stage),
        "rows": diagram_rows(declared, definition, now=now, stage=stage),
    }
