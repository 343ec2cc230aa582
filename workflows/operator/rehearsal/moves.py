"""What has been played so far: a list of moves, kept in the operator's session and played anew each time."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

OPEN = "open"
MOST_MOVES = 60
MOST_TEXT = 60_000


class TooMuch(ValueError):
    """The rehearsal has more moves or words than a session should carry."""


class Move(BaseModel):
    """One move: who took which step when, with what was typed.

    data: as a form sends it, a list of values a name; rows of the database go by their place in the
    list that was offered, since their ids are others each time. For the opening: the answers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: str
    step: str
    at: AwareDatetime
    data: dict[str, Any] = {}


class Rehearsed(BaseModel):
    """A rehearsal of one version: where it was handed in, and its moves, the opening first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    origin: str = ""
    moves: tuple[Move, ...] = ()

    @property
    def last_at(self) -> dt.datetime | None:
        return self.moves[-1].at if self.moves else None

    def with_move(self, move: Move) -> Rehearsed:
        """Raises TooMuch."""
        longer = self.model_copy(update={"moves": (*self.moves, move)})
        if len(longer.moves) > MOST_MOVES or len(longer.model_dump_json()) > MOST_TEXT:
            raise TooMuch
        return longer

    def first(self, count: int) -> Rehearsed:
        return self.model_copy(update={"moves": self.moves[:count]})


def load(session: SessionBase, version_id: int) -> Rehearsed:
    """What this session has played of the version; nothing if it cannot be read any more."""
    try:
        return Rehearsed.model_validate(session.get(_key(version_id), {}))
    except ValidationError:
        return Rehearsed()


def keep(session: SessionBase, version_id: int, rehearsed: Rehearsed) -> None:
    session[_key(version_id)] = json.loads(rehearsed.model_dump_json())


def forget(session: SessionBase, version_id: int) -> None:
    session.pop(_key(version_id), None)


def _key(version_id: int) -> str:
    return f"rehearsal:{version_id}"
