"""One step for many cases at once, through the one door's own rules; each with its result."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tongban.accounts.actors import Actor

from .models import BulkRun


@dataclass(frozen=True)
class Pick:
    """A case as the list showed it: its number, and its `seq` at that moment."""

    number: str
    token: int


def begin(
    *, actor: Actor, step: str, picks: Sequence[Pick], data: Mapping[str, Any], key: uuid.UUID
) -> BulkRun:
    """Write down what is to be done; nothing has been taken yet. The same key gives the same run."""
    raise NotImplementedError


def go_on(run_id: int, *, is_over: Callable[[], bool] = lambda: False) -> BulkRun:
    """Take the step in the cases that still wait, group by group, until none does or `is_over`."""
    raise NotImplementedError
