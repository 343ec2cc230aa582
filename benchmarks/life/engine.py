"""The life through the public engine: `open_case`, then six times `perform`, as pages and the API do it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

from tongban.accounts.actors import Actor, actor_of
from workflows.cases.opening import Application, PartyInput, open_case
from workflows.cases.perform import perform

from .ground import Ground

# Step, who takes it, what their form says.
WAY: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("collect", "window", {"identity_checked": "on"}),
    ("forward", "window", {"way": "electronic"}),
    ("accept", "township", {}),
    ("approve", "township", {"opinion": "材料齐全，同意。"}),
    ("approve", "county", {"opinion": "符合条件，同意。"}),
    ("feed_back", "county", {"way": "electronic"}),
)
STEPS = ("open", *(f"{step} ({who})" for step, who, _ in WAY))


def life(ground: Ground) -> Iterator[Callable[[], object]]:
    """The seven transactions of one new case, each to be called in its turn."""
    actors: dict[str, Actor] = {
        who: actor_of(getattr(ground, who).pk)
        for who in ("citizen", "window", "township", "county")
    }
    application = Application(
        draft_key=uuid.uuid4(),
        version=ground.version,
        origin_region="500101",
        parties=[PartyInput(role="applicant", name=ground.citizen.name, user=ground.citizen)],
        data={"home": "511702901"},
    )
    opened: list[int] = []

    def begin() -> None:
        opened.append(open_case(application, actor=actors["citizen"]).case.pk)

    yield begin
    for seq, (step, who, data) in enumerate(WAY, start=1):
        yield lambda s=step, w=who, d=data, q=seq: perform(  # type: ignore[misc]
            opened[0], s, actor=actors[w], data=d, token=q
        )
