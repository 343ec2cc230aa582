"""The chain of a case's events holds through the database and through years of new columns."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests import journeys
from tests.world import World, at
from workflows.cases import ledger
from workflows.cases.act import Act
from workflows.cases.ledger import as_kept, first_break
from workflows.cases.models import Event

FACTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.datetimes(timezones=st.just(dt.UTC))
    | st.uuids()
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("一二三abc"), inner),
    max_leaves=8,
)


def through_jsonb(facts: dict[str, Any]) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::jsonb::text", [json.dumps(facts)])
        kept: dict[str, Any] = json.loads(cursor.fetchone()[0])
    return kept


@given(facts=st.dictionaries(st.sampled_from("甲乙丙"), FACTS))
def test_what_an_event_records_comes_back_from_the_database_as_it_was_hashed(
    django_db_blocker: Any, facts: dict[str, Any], django_db_setup: None
) -> None:
    with django_db_blocker.unblock():
        assert through_jsonb(as_kept(facts)) == as_kept(facts)


@pytest.mark.parametrize("number", [0.5, 1e16, float("nan"), [1.0], {"元": 0.1}])
def test_a_float_is_refused_before_it_stands_in_the_ledger(number: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        as_kept({"amount": number})


def test_a_number_and_its_text_are_one_key_whatever_order_they_were_written_in() -> None:
    assert as_kept({"by_year": {10: "a", 9: "b"}}) == {"by_year": {"10": "a", "9": "b"}}


def test_every_kind_of_fact_survives_in_a_real_case(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = {
        "sum": Decimal("12034.560"), "day": dt.date(2026, 3, 31), "nothing": None, "yes": True,
        "moment": at("2026-03-31 09:00"), "key": uuid.UUID(int=7), "pair": (1, "二"),
        "large": 10**30, "deep": {"list": [{"a": None}]}, "words": "“引号”\\ \u2028 é 𠮷",
    }  # fmt: skip
    plain = Act.note

    def noting(act: Act, **said: Any) -> None:
        plain(act, **said, **facts)

    monkeypatch.setattr(Act, "note", noting)
    journey = journeys.begin(world).take("remark", "clerk_cq", text="已核对")
    events = list(Event.objects.filter(case=journey.case).order_by("seq"))
    assert first_break(events) is None
    assert events[1].data["sum"] == "12034.560"


def test_the_hash_covers_every_column_that_says_what_happened() -> None:
    """A new column belongs into LATER, or the events of before would all seem forged."""
    columns = {field.attname for field in Event._meta.concrete_fields}
    assert columns - {"id", "hash", "prev"} == {*ledger.HASHED, *ledger.LATER}


def test_a_column_that_comes_later_leaves_the_old_hashes_as_they_are(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = list(journeys.begin(world).case.events.order_by("seq"))
    monkeypatch.setattr(ledger, "LATER", ("weather",))
    for event in events:
        event.weather = ""  # type: ignore[attr-defined]
    assert first_break(events) is None
    events[0].weather = "雨"  # type: ignore[attr-defined]
    assert first_break(events) is events[0]


def test_a_missing_event_and_two_swapped_ones_break_the_chain(world: World) -> None:
    events = list(journeys.arrived(world).case.events.order_by("seq"))
    assert first_break([*events[:1], *events[2:]]) is events[2]
    assert first_break([events[1], events[0], *events[2:]]) is events[1]
