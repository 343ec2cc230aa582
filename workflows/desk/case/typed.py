"""What somebody typed into a form that can't be sent any more: kept in sight, to copy from."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.cases.declarations import Step
from workflows.cases.feeding_back import NUMBER, RESULT, TIME

LONGEST = 4000
FED_BACK = {NUMBER: "业务系统编号", TIME: "办理时间", RESULT: "业务系统的办理结果"}


def typed_in(step: Step, posted: Mapping[str, str]) -> list[tuple[str, str]]:
    """(question, text) for every text that was typed; choices are made again in a moment."""
    asked = step.form.base_fields if step.form is not None else {}
    texts = {name: str(f.label) for name, f in asked.items() if not hasattr(f, "choices")}
    return [
        (label, posted[name][:LONGEST])
        for name, label in (texts | FED_BACK).items()
        if posted.get(name, "").strip() not in ("", "on")
    ]
