"""Paper on the road: what goes into a parcel, and how it is signed for paper by paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import IntegrityError, transaction

from .act import Act
from .models import Case, Material, Parcel, ParcelItem
from .models.case import Place


class WrongParcel(ValueError):
    """That waybill is known already, on another road."""


def put_on_road(
    act: Act,
    *,
    sender: Place,
    receiver: Place,
    waybill: str,
    papers: Collection[Material] | None = None,
    result_name: str = "",
) -> Parcel:
    """Put a case's papers (or its result) into the parcel with this waybill; a new one if it is new.

    One parcel may carry many cases between the same two offices. Two or three statements; cases
    that go together share them.
    """
    case = act.case
    parcel = act.situation.once(
        ("parcel", waybill), lambda: _parcel(act, sender=sender, receiver=receiver, waybill=waybill)
    )
    if (parcel.sender_id, parcel.receiver_id) != (sender["office"], receiver["office"]):
        raise WrongParcel(waybill)
    items = [
        ParcelItem(parcel=parcel, case_id=case.pk, material=m, name=m.name, copies=m.copies)
        for m in papers or ()
    ]
    if result_name:
        items.append(ParcelItem(parcel=parcel, case_id=case.pk, name=result_name))
    act.write(*items)
    return parcel


def _parcel(act: Act, *, sender: Place, receiver: Place, waybill: str) -> Parcel:
    known = Parcel.objects.filter(waybill=waybill).first()
    return known or _begun(
        Parcel(
            number=f"JJ{act.case.number[6:12]}-{waybill}",
            waybill=waybill,
            sender_id=sender["office"],
            receiver_id=receiver["office"],
            sent_at=act.at,
            sent_by_id=act.actor.user_id,
        )
    )


def papers_handed_in(case_ids: Collection[int]) -> dict[int, list[Material]]:
    """What has been handed in, by case. One statement."""
    papers: dict[int, list[Material]] = {}
    rows = Material.objects.filter(case_id__in=case_ids, status=Material.Status.HANDED_IN)
    for paper in rows.order_by("id"):
        papers.setdefault(paper.case_id, []).append(paper)
    return papers


def _begun(parcel: Parcel) -> Parcel:
    """The parcel, or the one that a colleague began with the same waybill this moment."""
    try:
        with transaction.atomic():
            parcel.save(force_insert=True)
    except IntegrityError:
        return Parcel.objects.get(waybill=parcel.waybill)
    return parcel


def on_the_road(case: Case) -> list[ParcelItem]:
    """The case's papers that nobody has signed for yet. One statement."""
    return list(ParcelItem.objects.filter(case_id=case.pk, signed_at=None).order_by("id"))


def sign_for(
    case: Case,
    *,
    arrived: Collection[int],
    note: str,
    at: dt.datetime,
    by_id: int | None,
) -> tuple[list[str], list[str]]:
    """Tick each paper of the case as arrived or missing; (names arrived, names missing).

    arrived: ids of the items that are there. Four statements at most.
    """
    items = on_the_road(case)
    here = [i for i in items if i.pk in arrived]
    missing = [i for i in items if i.pk not in arrived]
    for group, has_arrived in ((here, True), (missing, False)):
        if group:
            ParcelItem.objects.filter(pk__in=[i.pk for i in group]).update(
                arrived=has_arrived,
                signed_at=at,
                signed_by_id=by_id,
                note="" if has_arrived else note,
            )
            Material.objects.filter(pk__in=[i.material_id for i in group if i.material_id]).update(
                status=Material.Status.RECEIVED if has_arrived else Material.Status.MISSING
            )
    return [i.name for i in here], [i.name for i in missing]
