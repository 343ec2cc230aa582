"""Definitions made of a few questions, for tests of forms."""

from typing import Any

from matters.catalogue.definition import Definition

ZHOU_ID, CHILD_ID = "511702195505050025", "511702201803150022"


def asking(*fields: dict[str, Any], **more: Any) -> Definition:
    made = [{"label": f"问题{n}", "kind": "text", **field} for n, field in enumerate(fields, 1)]
    return Definition.model_validate(
        {"seats": [], "fields": made, "result": {"kind": "none", "name": "无"}, **more}
    )


MARRIED = {"code": "married", "kind": "yes_no"}
SPOUSE = {
    "code": "spouse",
    "kind": "name",
    "shown_when": [{"field": "married", "one_of": ["yes"]}],
}


def ruled(rule: dict[str, Any], *fields: dict[str, Any]) -> Definition:
    return asking(*fields, rules=[rule])


A, B, C = ({"code": code, "required": False} for code in "abc")
