"""Clerks of two provinces with parcels between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from django.test import Client

from tests import journeys
from tests.desk.conftest import text_of
from tests.world import World
from workflows.cases.models import Case, Parcel

PARCELS = "/desk/parcels/"
WAYBILL = "EMS7777777777"
SignedIn = Callable[[str], Client]


@pytest.fixture
def at(world: World) -> SignedIn:
    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(world.people[name])
        return client

    return signed_in


def picked(cases: Sequence[Case]) -> list[str]:
    return [f"{case.number}:{case.seq}" for case in cases]


def load(world: World, cases: Sequence[Case], **more: object) -> dict[str, object]:
    """The form of one load from 万州 to 通川 as the page shows it."""
    return {
        "step": "forward",
        "sender": world.office("500101", "service_center").pk,
        "receiver": world.office("511702", "civil_affairs").pk,
        "waybill": WAYBILL,
        "case": picked(cases),
        **more,
    }


def collected(world: World, count: int) -> list[Case]:
    return [journeys.collected(world).case for _ in range(count)]


def sent(world: World, at: SignedIn, count: int) -> Parcel:
    """A parcel of so many cases on its way from 万州 to 通川."""
    answer = at("clerk_cq").post(f"{PARCELS}send/", load(world, collected(world, count)))
    assert answer.status_code == 302, text_of(answer)
    return Parcel.objects.get(waybill=WAYBILL)
