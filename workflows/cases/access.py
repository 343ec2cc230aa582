"""Who sees a case: the one door for every page, list, file, export and API route."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, Q, QuerySet
from django.utils import timezone

from tongban.accounts.actors import Actor

from .models import Case, Party

# Roles whose part in a case lets them see it (`parties.RIGHTS`), an agent's only while in force.
SEEING_ROLES = [r for r in Party.Role.values if r != Party.Role.CONTACT]


class IsOneOf(Func):
    """x = ANY(ARRAY(SELECT …)): the rows are read once, and then found by x's index.

    Beside an OR the planner takes `x IN (SELECT …)` for half of all rows, and would read the whole
    table for a clerk of an office with three cases.
    """

    arg_joiner = " = ANY("
    template = "%(expressions)s)"
    output_field = BooleanField()


def visible_to(actor: Actor, *, on: dt.date | None = None) -> QuerySet[Case]:
    """The cases this actor may see: their own as a party, their offices', their province's.

    Anyone else gets nothing, and pages answer 404.
    """
    day = on or timezone.localdate()
    if actor.kind == "system":
        return Case.objects.all()
    seen = Q(pk__in=Case.objects.none())
    if actor.user_id is not None:
        seen |= Q(IsOneOf(F("pk"), ArraySubquery(_parts_of(actor.user_id, day))))
    offices = actor.desks | actor.heads
    if offices:
        seen |= Q(office_ids__overlap=sorted(offices))
    if actor.supervises:
        provinces = sorted(actor.supervises)
        seen |= Q(origin_province__in=provinces) | Q(owner_province__in=provinces)
    return Case.objects.filter(seen)


def _parts_of(user_id: int, day: dt.date) -> QuerySet[Party, int]:
    in_force = Q(expires_on=None) | Q(expires_on__gte=day)
    return Party.objects.filter(in_force, user_id=user_id, role__in=SEEING_ROLES).values_list(
        "case_id", flat=True
    )


def own_cases(user_id: int, *, on: dt.date | None = None) -> QuerySet[Case]:
    """The cases in which a person has a part, the newest first."""
    return Case.objects.filter(pk__in=_parts_of(user_id, on or timezone.localdate())).order_by(
        "-opened_at", "-id"
    )
