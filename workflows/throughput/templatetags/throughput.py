"""Parts of the pages of the figures."""

from collections.abc import Sequence
from typing import Any

from django import template

from ..charts import Point, daily_chart

register = template.Library()


@register.inclusion_tag("throughput/_chart.html")
def chart(points: Sequence[Point], title: str) -> dict[str, Any]:
    """The daily line as SVG: no script, each day a link to its cases; the table beside it says all."""
    return {"chart": daily_chart(points), "title": title}
