"""What a draft's situation needs: its answers, and the papers that go with them."""

from __future__ import annotations

from matters.catalogue.definition import Definition
from matters.catalogue.papers import papers_for
from matters.catalogue.situations import understood
from workflows.cases.drafts import typed_again
from workflows.cases.models import Draft


def situation_in(draft: Draft, definition: Definition) -> dict[str, str]:
    """The right ones of the answers kept in a draft."""
    if definition.precheck is None:
        return {}
    return understood(definition.precheck, draft.answers.get("situation", {}))


def with_needed_papers(definition: Definition, draft: Draft) -> Definition:
    """The definition as it is for this draft: with the papers of its situation, and no others."""
    if not any(paper.when for paper in definition.materials):
        return definition
    answers = typed_again(definition, draft.data)
    needed = papers_for(definition, situation_in(draft, definition), answers)
    return definition.model_copy(update={"materials": tuple(needed)})
