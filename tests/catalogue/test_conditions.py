"""When a question, a paper or a sentence applies: conditions over what was answered."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from matters.catalogue.conditions import Condition, holds

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.dates()
    | st.datetimes()
    | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("condition", "answer", "expected"),
    [
        ({"one_of": ["first", "second"]}, "first", True),
        ({"one_of": ["first", "second"]}, "third", False),
        ({"one_of": ["first"]}, ["third", "first"], True),
        ({"one_of": ["first"]}, [], False),
        ({"one_of": ["yes"]}, True, True),
        ({"one_of": ["yes"]}, "no", False),
        ({"one_of": [True]}, "yes", True),
        ({"one_of": ["no"]}, None, False),
        ({"at_least": 2}, "2", True),
        ({"at_least": 2}, Decimal("1.99"), False),
        ({"at_most": "1200.50"}, "1200.50", True),
        ({"at_least": 2}, "二", False),
        ({"at_least": "2021-01-01", "at_most": "2025-12-31"}, "2025-12-31", True),
        ({"at_least": "2021-01-01"}, dt.date(2020, 12, 31), False),
        ({"at_least": "2021-01-01"}, "2021", False),
        ({}, "林晓梅", True),
        ({}, [{"name": "林晓梅"}], True),
        ({}, "  ", False),
        ({}, None, False),
    ],
)
def test_one_answer_meets_a_condition_or_not(
    condition: dict[str, Any], answer: Any, expected: bool
) -> None:
    asked = Condition.model_validate({"field": "it", **condition})
    assert holds([asked], {"it": answer}) is expected


def test_all_conditions_must_hold_and_none_always_do() -> None:
    both = (Condition(field="a", one_of=("yes",)), Condition(field="b"))
    assert holds(both, {"a": True, "b": "x"})
    assert not holds(both, {"a": True})
    assert holds((), {})


def test_a_condition_comes_back_from_json_as_it_was() -> None:
    asked = Condition(field="it", at_least=Decimal(2), at_most=dt.date(2025, 1, 31))
    assert Condition.model_validate(asked.model_dump(mode="json")) == asked


@pytest.mark.parametrize("wrong", [{"at_least": "soon"}, {"one_of": [""]}, {"is": "x"}])
def test_a_condition_that_says_nothing_readable_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Condition.model_validate({"field": "it", **wrong})


@given(answer=ANYTHING, bound=st.none() | st.decimals(allow_nan=False, allow_infinity=False))
def test_whatever_is_answered_a_condition_says_yes_or_no(
    answer: Any, bound: Decimal | None
) -> None:
    day = Condition(field="it", at_least=dt.date(2020, 1, 1))
    number = Condition(field="it", at_least=bound, at_most=bound)
    assert holds([day], {"it": answer}) in (True, False)
    assert holds([number], {"it": answer}) in (True, False)
