"""One step for many cases: each in a transaction of its own, each with its result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tongban.accounts.actors import Actor
from workflows.cases.perform import CaseGone, InvalidData, NotAllowed, Stale, perform

from ..door import cases_at_desk
from workflows.cases.happening import moved_by

# What the list offers for many at once. Others are refused: they want to be thought about.
BATCH_STEPS = {"claim": "领取", "accept": "受理"}
MOST = 100


@dataclass(frozen=True)
class Pick:
    """A case as the list showed it."""

    number: str
    token: int

    @classmethod
    def parse(cls, text: str) -> Pick | None:
        """From "number:token"; None for anything else."""
        number, _, token = text.partition(":")
        digits = (number + token).isascii() and number.isdecimal() and token.isdecimal()
        if not (digits and 10 <= len(number) <= 32 and len(token) < 10):
            return None
        return cls(number, int(token))


@dataclass(frozen=True)
class Result:
    number: str
    done: bool
    text: str


def picks_of(values: Iterable[str]) -> list[Pick]:
    """The cases that were ticked, each once, a hundred at most."""
    picks = dict.fromkeys(filter(None, map(Pick.parse, values)))
    return list(picks)[:MOST]


def take_for_all(picks: Sequence[Pick], step: str, *, actor: Actor) -> list[Result]:
    """Take `step` in every case that was picked; what fails in one stops no other.

    Two statements, and for each case those of its step.
    """
    ids = dict(
        cases_at_desk(actor)
        .filter(number__in=[p.number for p in picks])
        .values_list("number", "pk")
    )
    return [_take(ids.get(pick.number), pick, step, actor) for pick in picks]


def _take(case_id: int | None, pick: Pick, step: str, actor: Actor) -> Result:
    if case_id is None:
        return Result(pick.number, False, "没有这个办件，或您不能查看")
    try:
        done = perform(case_id, step, actor=actor, data={}, token=pick.token)
    except CaseGone:
        return Result(pick.number, False, "这类办件没有这个步骤")
    except Stale as stale:
        return Result(pick.number, False, f"{moved_by(stale.last)}，请打开查看")
    except NotAllowed as refused:
        return Result(pick.number, False, str(refused))
    except InvalidData:
        return Result(pick.number, False, "这一步需要填写内容，请打开办件办理")
    return Result(pick.number, True, done.case.STEPS[step].done)
