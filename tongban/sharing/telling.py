"""Who is told: the person of a late answer, the two sides of a demand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tongban.accounts.models import Posting, User
from tongban.notices.outbox import Owed, channels_for, owe, recipient_of

from .models import LookUp


def tell_of_late_answer(look_up: LookUp, address: str, at: dt.datetime) -> None:
    """Whoever agreed learns that the paper is no longer needed, or that it is after all."""
    person = look_up.consent.person if look_up.consent else None
    if person is None:
        return
    template = "shared_confirmed" if look_up.is_confirmed else "shared_not_confirmed"
    context = {
        "data": look_up.resource.name,
        "holder": look_up.resource.holder.name,
        "item": look_up.item_name,
        "outcome": look_up.get_state_display(),
        "at": at.isoformat(),
        "url": address,
    }
    tell(
        [person],
        template,
        context,
        event_key=f"sharing:{look_up.pk}",
        subject=(look_up.subject_kind, look_up.subject_key),
        at=at,
    )


def tell(
    people: Iterable[User],
    template: str,
    context: dict[str, str],
    *,
    event_key: str,
    subject: tuple[str, str],
    at: dt.datetime,
) -> None:
    """One message for each of them by each of their channels, inside the caller's transaction."""
    owe(
        [
            Owed(
                template=template,
                channel=channel,
                recipient=recipient_of(person.pk),
                user_id=person.pk,
                context=context,
                event_key=event_key,
                subject_kind=subject[0],
                subject_key=subject[1],
            )
            for person in people
            for channel in channels_for(person, template)
        ],
        at,
    )


def people_at(office_id: int | None, on: dt.date) -> list[User]:
    """Whom an office's business is told: its heads, and its clerks where it has none. One statement."""
    if office_id is None:
        return []
    posts = Posting.objects.in_force(on).filter(office_id=office_id, user__is_active=True)
    working = posts.filter(role__in=["head", "clerk"]).select_related("user").order_by("user_id")
    by_role: dict[str, dict[int, User]] = {"head": {}, "clerk": {}}
    for post in working:
        by_role[post.role][post.user_id] = post.user
    return list((by_role["head"] or by_role["clerk"]).values())
