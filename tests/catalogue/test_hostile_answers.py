"""Whatever is sent to a form: a sentence, never a stack trace."""

import json
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from hypothesis import given, settings
from hypothesis import strategies as st

from matters.catalogue.answers import typed_again
from matters.catalogue.forms import MatterForm, form_for, masked_rows, sealed_data
from tests.catalogue.questions import ZHOU_ID, asking

EVERYTHING = asking(
    {"code": "sure", "kind": "yes_no", "required": False},
    {"code": "kind", "kind": "choice", "choices": [["a", "甲"]], "required": False},
    {"code": "many", "kind": "several", "choices": [["a", "甲"]], "required": False},
    *(
        {"code": kind, "kind": kind, "required": False, "shown_when": [{"field": "sure", "one_of": ["yes"]}]}
        for kind in ("text", "textarea", "name", "id_number", "uscc", "phone", "bank_card", "email", "address", "file")
    ),
    {"code": "number", "kind": "number", "at_least": 1, "at_most": 9},
    {"code": "money", "kind": "money", "at_most": 9},
    {"code": "date", "kind": "date", "at_most": "today"},
    {"code": "month", "kind": "month", "at_least": "2020-01-01"},
    {"code": "period", "kind": "period"},
    {"code": "movers", "kind": "people", "required_when": [{"field": "number", "at_least": 2}]},
    rules=[
        {"kind": "order", "fields": ["date", "month"]},
        {"kind": "sum", "fields": ["number", "money"], "at_most": 10},
        {"kind": "age", "field": "id_number", "on_field": "date", "at_least": 18},
        {"kind": "different", "fields": ["id_number", "movers"]},
        {"kind": "same", "fields": ["name", "text"]},
        {"kind": "some", "fields": ["phone", "email"]},
    ],
)  # fmt: skip
CODES = [field.code for field in EVERYTHING.fields]
BOXES = [
    *CODES, "date_year", "date_month", "date_day", "month_year", "month_month", "period_from_year",
    "period_to_day", "movers-count", "movers-0-name", "movers-0-id_number", "movers-1-relation",
    "movers-add", "movers-remove", "asked-before", "ask-again",
]  # fmt: skip
HOSTILE = st.sampled_from(
    ["", " ", "\x00", "\ud800", "yes", "a", "-1", "1", "99999999999999999999", "1e999", "NaN", "２",
     "<script>", "' OR 1=1 --", "2025-02-30", "2025-01-01", "0000-00-00", "2025-01-01/2024-01-01",
     "//", ZHOU_ID, "13800000000", "²", "①", "字" * 3000, "a@b", "{}", "[]", "%s", "{0}"]
) | st.text(max_size=12)  # fmt: skip
JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | HOSTILE,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "id_number", "relation", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


def judged(form: MatterForm) -> None:
    """The form says right or says sentences, and it can be shown either way."""
    form.is_valid()
    for texts in form.errors.values():
        for text in texts:
            assert any("\u4e00" <= sign <= "\u9fff" for sign in str(text)), text
    assert form.as_div()
    kept = sealed_data(EVERYTHING, form.cleaned_data)
    json.dumps(kept, ensure_ascii=False).encode()
    assert masked_rows(EVERYTHING, kept)
    assert form_for(EVERYTHING, typed_again(EVERYTHING, kept)) is not None


@settings(max_examples=30, deadline=None)
@given(sent=st.dictionaries(st.sampled_from(BOXES), st.lists(HOSTILE, max_size=3), max_size=12))
def test_whatever_a_browser_sends_there_is_a_sentence_and_never_a_break(
    sent: dict[str, list[str]],
) -> None:
    data = QueryDict(mutable=True)
    for name, values in sent.items():
        data.setlist(name, values)
    judged(form_for(EVERYTHING, data, files={}))
    judged(form_for(EVERYTHING, MultiValueDict(sent)))


@settings(max_examples=30, deadline=None)
@given(sent=st.dictionaries(st.sampled_from(BOXES), JSON_LIKE, max_size=12))
def test_whatever_another_system_sends_there_is_a_sentence_and_never_a_break(
    sent: dict[str, Any],
) -> None:
    judged(form_for(EVERYTHING, sent))
