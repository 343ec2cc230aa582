"""The situation of a case for pages: who looks, what part they have, what stands in the way."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, cast

from django.utils import timezone

from matters.catalogue.pinned import definition_of
from tongban.accounts.actors import Actor

from .act import Situation
from .models import Case
from .reading import parties_of

if TYPE_CHECKING:
    from .flow import Flow


def situation_for(case: Case, actor: Actor, at: dt.datetime | None = None) -> Situation:
    """What `why_not` needs to know. One statement, for the parties."""
    parties = parties_of(case.pk)
    definition = definition_of(case.version_id)
    return Situation(cast("Flow", case), actor, parties, definition, at or timezone.now())
