"""A look-up without pages: 通川区民政局 wants to know whether 林晓梅 is who she says."""

from __future__ import annotations

import datetime as dt
import uuid

from tests.world import LIN_ID, World
from tongban.sharing.asking import Wanted, agree
from tongban.sharing.models import LookUp, Responsibility


def wanted_by(
    world: World, kind: str = "civil_affairs", *, name: str = "居民身份信息", key: str = ""
) -> Wanted:
    office = world.office("511702", kind)
    line = Responsibility.objects.select_related("resource__holder").get(
        resource__name=name, resource__holder__province="510000"
    )
    return Wanted(
        responsibility=line,
        subject_kind="application",
        subject_key=key or str(uuid.uuid4()),
        material_code="identity",
        office_id=office.pk,
        office_kind=kind,
        office_name=office.name,
        person_name="林晓梅",
        id_number=LIN_ID,
    )


def agreed(world: World, at: dt.datetime, **more: str) -> LookUp:
    """She has agreed, and nobody has asked yet."""
    return agree(
        wanted=wanted_by(world, **more), person=world.citizen, recorded_by=world.citizen, at=at
    )
