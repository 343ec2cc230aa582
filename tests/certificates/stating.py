"""What the issuers state of 林晓梅 (重庆 万州), and what she has fetched of it."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from tests.world import LIN_ID, World
from tongban.accounts.personal import blind_index
from tongban.certificates.fetching import ISSUED, Asked, Purpose, fetch, resource_code
from tongban.certificates.kinds import CHONGQING, kinds
from tongban.certificates.models import Certificate
from tongban.certificates.statements import SIGNATURE, sign_for_demonstration
from tongban.sharing.models import RegisterEntry, Resource
from tongban.sharing.register import name_index
from tongban.sharing.sealed_answers import sealed

CARD = "disability-card"


def state(kind: str = CARD, province: str = CHONGQING, **changes: str) -> RegisterEntry:
    """What an issuer states of her from now on, signed; `signature` among the changes is a forged one,
    `name` another person's, to whom her number belongs there.
    """
    resource = Resource.objects.get(code=resource_code(kind, province))
    fields = {
        "number": f"{LIN_ID}43",
        "issuer": resource.holder.name,
        "valid_from": "2015-07-01",
        "valid_to": "2035-06-30",
        "status": "valid",
    } | {name: value for name, value in changes.items() if name not in (SIGNATURE, "name")}
    signature = sign_for_demonstration(resource.code, LIN_ID, fields)
    entry, _ = RegisterEntry.objects.update_or_create(
        resource=resource,
        person_index=blind_index(LIN_ID, "id_number"),
        defaults={
            "name_index": name_index(changes.get("name", "林晓梅")),
            "questions": {ISSUED: True},
            "fields": fields
            | {"number": sealed(fields["number"]), SIGNATURE: changes.get(SIGNATURE, signature)},
        },
    )
    return entry


def fetched(
    world: World, kind: str = CARD, province: str = CHONGQING, *, now: dt.datetime | None = None
) -> Certificate:
    """She has fetched it."""
    now = now or timezone.now()
    asked = Asked(world.citizen, world.citizen, kinds()[kind], province, Purpose.OWN, "同意")
    certificate = fetch(asked, now=now, today=timezone.localdate(now)).certificate
    assert certificate is not None
    return certificate
