"""Personal data in full is an act with a reason, written down before anything is shown."""

from __future__ import annotations

import pytest

from tests import journeys
from tests.desk.conftest import SignedIn, text_of
from tests.world import LIN_ID, ZHOU_ID, World
from tongban.accounts.models import Look
from workflows.cases.models import Case

REASON = {"reason": "核对残疾人证上的证件号码"}


@pytest.fixture
def case(world: World) -> Case:
    return journeys.reviewing(world).case


def keys_on(html: str, case: Case) -> list[str]:
    return [part.split("/")[0] for part in html.split(f"/desk/{case.number}/look/")[1:]]


def test_every_masked_value_has_a_way_to_be_seen(
    world: World, case: Case, at_desk: SignedIn
) -> None:
    client = at_desk("clerk_sc")
    keys = set(keys_on(client.get(f"/desk/{case.number}/").content.decode(), case))
    shown = set()
    for key in keys:
        page = client.post(f"/desk/{case.number}/look/{key}/", REASON)
        shown.add(page.context["value"])
    assert {LIN_ID, ZHOU_ID} <= shown
    assert Look.objects.count() == len(keys)


def test_a_look_says_who_looked_at_what_where_and_why(
    world: World, case: Case, at_desk: SignedIn
) -> None:
    party = case.parties.get()
    key = f"party.{party.pk}.id_number"
    page = at_desk("clerk_sc").post(f"/desk/{case.number}/look/{key}/", REASON)
    assert LIN_ID in text_of(page)
    assert "no-store" in page["Cache-Control"]
    look = Look.objects.get()
    assert (look.viewer, look.office_id) == (world.clerk_sc, case.holder_office_id)
    assert (look.subject_kind, look.subject_key, look.field) == ("case", case.number, key)
    assert look.reason == REASON["reason"]


def test_a_supervisors_look_is_written_down_too(
    world: World, case: Case, at_desk: SignedIn
) -> None:
    key = f"party.{case.parties.get().pk}.id_number"
    at_desk("supervisor_cq").post(f"/desk/{case.number}/look/{key}/", REASON)
    assert Look.objects.get().office_id is None


@pytest.mark.parametrize("reason", ["", "  ", "看", "x" * 201, "\x00abcd"])
def test_without_a_reason_nothing_is_shown_and_nothing_written(
    world: World, case: Case, at_desk: SignedIn, reason: str
) -> None:
    key = f"party.{case.parties.get().pk}.id_number"
    page = at_desk("clerk_sc").post(f"/desk/{case.number}/look/{key}/", {"reason": reason})
    assert LIN_ID not in page.content.decode()
    assert (
        f'id="look-party-{case.parties.get().pk}-id_number-reason_error"' in page.content.decode()
    )
    assert not Look.objects.exists()


def test_opening_the_form_shows_the_mask_only(world: World, case: Case, at_desk: SignedIn) -> None:
    key = f"party.{case.parties.get().pk}.id_number"
    page = at_desk("clerk_sc").get(f"/desk/{case.number}/look/{key}/")
    assert "5001**********0013" in text_of(page)
    assert LIN_ID not in page.content.decode()
    assert not Look.objects.exists()


def test_another_cases_party_is_not_to_be_seen_from_here(
    world: World, case: Case, at_desk: SignedIn
) -> None:
    other = world.open()
    key = f"party.{other.parties.get().pk}.id_number"
    answer = at_desk("clerk_sc").post(f"/desk/{case.number}/look/{key}/", REASON)
    assert answer.status_code == 404
    assert not Look.objects.exists()


@pytest.mark.parametrize(
    "key", ["data.nothing", "data.__class__", "party.1.password", "party.x.phone", "name", "%00",
            "party.999999999999999999999.phone", "data."]
)  # fmt: skip
def test_what_is_no_masked_value_is_no_page(
    world: World, case: Case, at_desk: SignedIn, key: str
) -> None:
    client = at_desk("clerk_sc")
    assert client.get(f"/desk/{case.number}/look/{key}/").status_code == 404
    assert client.post(f"/desk/{case.number}/look/{key}/", REASON).status_code == 404
