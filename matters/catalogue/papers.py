"""Which papers a situation needs: no more than those, and each with its own name."""

from __future__ import annotations

from typing import Any

from matters.catalogue.conditions import holds
from matters.catalogue.definition import Definition, Material
from matters.catalogue.situations import Answers, open_question, understood


def is_known(definition: Definition, situation: Answers) -> bool:
    """Whether all questions that are asked before any form have been answered."""
    return definition.precheck is None or open_question(definition.precheck, situation) is None


def papers_for(
    definition: Definition, situation: Answers, data: Answers | None = None
) -> list[Material]:
    """The papers of this situation in the definition's order.

    data: answers of the form, which a paper may depend on too. A paper that hangs on a question which
    nobody has answered yet stays on the list, as one that may be needed.
    """
    precheck = definition.precheck
    right = understood(precheck, situation) if precheck else {}
    answers: dict[str, Any] = {**(data or {}), **right}
    unknown = set[str]()
    if precheck is not None and not is_known(definition, right):
        unknown = {question.code for question in precheck.questions} - answers.keys()
    needed = []
    for paper in definition.materials:
        if any(condition.field in unknown for condition in paper.when):
            needed.append(paper.model_copy(update={"required": False}))
        elif holds(paper.when, answers):
            needed.append(paper)
    return needed


def carried(definition: Definition, situation: Answers) -> dict[str, Any]:
    """Answers that are also answers of the form, as it keeps them: nobody is asked them again."""
    fields = {field.code: field for field in definition.fields}
    return {
        code: answer == "yes" if fields[code].kind == "yes_no" else answer
        for code, answer in situation.items()
        if code in fields
    }
