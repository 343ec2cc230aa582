"""The window of 万州, its clerks, and people who come to it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from matters.catalogue.models import MatterVersion
from matters.catalogue.words import search_text
from tests.desk.conftest import text_of
from tests.world import LIN_ID, SUBSIDY, World, answers_for, situation_for

# Invented, with right checksums: 周晓燕 of 万州, 周小宝 born in 2019 in 通川.
DAUGHTER_ID = "500101197502030042"
CHILD_ID = "511702201903040023"
ENTERPRISE = "91500101MA5U00001K"
COUNTER = "/desk/counter/"

Scan = Callable[..., uuid.UUID]


@pytest.fixture
def window(world: World) -> World:
    """The world on a morning at the window: the matters can be found by what people type."""
    for matter in (SUBSIDY, "残疾人证新办", "道路运输从业资格证补发"):
        named = world.matter(matter).matter
        named.search_text = search_text(named.name)
        named.save(update_fields=["search_text"])
    lin = world.citizen
    lin.id_number, lin.phone = LIN_ID, "13812345678"
    lin.save(update_fields=["id_number", "phone"])
    return world


@pytest.fixture
def at(window: World) -> Callable[[str], Client]:
    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(window.people[name])
        return client

    return signed_in


@pytest.fixture
def clerk(at: Callable[[str], Client]) -> Client:
    """万窗口 at the window of 万州."""
    return at("clerk_cq")


def scanned(client: Client, number: str = LIN_ID) -> uuid.UUID:
    """Read a card; the key of the visit that begins."""
    answer = client.post(COUNTER, {"id_number": number})
    assert answer.status_code == 302, text_of(answer)
    return uuid.UUID(answer["Location"].strip("/").rsplit("/", 1)[-1])


def visit_path(key: uuid.UUID, more: str = "") -> str:
    return f"{COUNTER}{key}/{more}"


def _situation(version: MatterVersion) -> dict[str, str]:
    """What is asked before the form: those that the form asks too stand in the form."""
    asked = {field["code"] for field in version.definition["fields"]}
    said = situation_for(version)
    return {code if code in asked else f"s-{code}": answer for code, answer in said.items()}


def sheet(version: MatterVersion, **more: Any) -> dict[str, Any]:
    """A whole sheet as a clerk fills it in who types everything; None leaves a box out."""
    typed = {
        "c-matter": version.matter.slug,
        "c-version": str(version.pk),
        "c-name": "林晓梅",
        "c-phone": "13800000001",
        "c-identity_checked": "on",
        "c-papers": [paper["code"] for paper in version.definition["materials"]],
        "do": "hand_in",
        **answers_for(version),
        **_situation(version),
    }
    named = {name.replace("c_", "c-", 1): value for name, value in more.items()}
    return {name: value for name, value in (typed | named).items() if value is not None}


def value_of(page: Any, name: str) -> str:
    """What stands in the box of that name."""
    box = re.search(rf'<input[^>]*\bname="{name}"[^>]*>', page.content.decode())
    assert box, f"no box {name}"
    value = re.search(r'\bvalue="([^"]*)"', box[0])
    return value[1] if value else ""
