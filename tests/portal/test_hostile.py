"""Wrong, missing, oversized and hostile values: a sentence, what was typed, and nothing else."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from tests.portal.applying import Applying, sent, shown
from tests.world import World
from workflows.cases.models import Case, Draft, Upload

SCRIPT = '"><script>alert(1)</script>'
LONG = "长" * 3_400_000  # ten million bytes
PAGES = ["who/", "me/", "person/", "others/", "where/", "window/", "form/", "papers/", "check/"]
NAMES = [
    *("on_behalf", "id_number", "phone", "name", "relation", "authority", "scope", "role", "at"),
    *(
        "window",
        "way",
        "sent",
        "promise",
        "later",
        "beneficiary_name",
        "beneficiary_id",
        "expires_on",
    ),
    *("household_region", "disability_kind", "disability_level", "bank_card", "bank_name"),
    *("expires_on_year", "expires_on_month", "expires_on_day"),
]
VALUES = [
    "",
    SCRIPT,
    "\x00",
    "\ud800".encode("utf-8", "replace").decode(),
    "'; DROP TABLE cases_case; --",
    "-1",
    "9" * 5000,
    "1e999",
    "NaN",
    "__proto__",
    "{{ 7|add:7 }}",
    "../../etc/passwd",
    "٣٤٥",
    "k1." + "A" * 60,
]


@pytest.mark.parametrize("path", PAGES)
def test_no_value_breaks_a_page_or_opens_a_case(applying: Applying, path: str) -> None:
    applying.post("who/", on_behalf="family")
    for value in VALUES:
        answer = applying.post(path, **dict.fromkeys(NAMES, value))
        assert answer.status_code in (200, 302), value
        assert SCRIPT not in shown(answer)
        assert applying.get(path).status_code in (200, 302), value
    assert not Case.objects.exists()


@pytest.mark.parametrize("path", PAGES)
def test_wrong_types_break_nothing(applying: Applying, path: str) -> None:
    applying.post("who/", on_behalf="family")
    several: dict[str, Any] = {name: [SCRIPT, "b", "c"] for name in NAMES}
    assert applying.post(path, **several).status_code in (200, 302)
    files = {name: sent(name="x.jpg") for name in NAMES}
    assert applying.post(path, **files).status_code in (200, 302)
    answer = applying.client.post(
        f"/apply/{applying.key}/{path}", b'{"a": [1]}', content_type="application/json"
    )
    assert answer.status_code in (200, 302)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("path", "name", "said"),
    [
        ("form/", "bank_name", "最多60个字符"),
        ("form/", "beneficiary_name", "最多50个字符"),
        ("form/", "beneficiary_id", "最多18个字符"),
        ("form/", "bank_card", "最多19个字符"),
        ("form/", "disability_kind", "请从给出的选项中选择"),
        ("form/", "household_region", "请从列表中选择"),
        ("person/", "authority", "最多200个字符"),
        ("who/", "on_behalf", "请从给出的选项中选择"),
        ("where/", "at", "请从列表中选择区县"),
    ],
)
def test_ten_megabytes_are_an_error_of_their_field(
    applying: Applying, path: str, name: str, said: str
) -> None:
    applying.post("who/", on_behalf="family")
    before = Draft.objects.values().get()
    answer = applying.post(path, **{name: LONG})
    assert answer.status_code == 200
    assert said in shown(answer)
    if name in ("bank_name", "authority"):
        assert LONG in shown(answer), "what was typed is kept"
    assert Draft.objects.values().get() == before


def test_more_than_that_is_turned_away_whole(applying: Applying) -> None:
    answer = applying.post("form/", bank_name="x" * 13_000_000)
    assert answer.status_code == 400
    assert "没有任何内容被改动" in shown(answer)


def test_what_was_typed_comes_back_harmless(applying: Applying) -> None:
    page = shown(applying.with_answers(beneficiary_name=SCRIPT))
    assert "姓名只能有汉字、字母" in page
    assert "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert applying.draft.data == {}


def test_a_window_of_somewhere_else_is_none(world: World, applying: Applying) -> None:
    applying.post("where/", at="500101")
    far = world.office("500103", "service_center").pk
    police = world.office("500101", "police").pk
    for window in (far, police, 0, "x"):
        assert "请从列表中选择" in shown(applying.post("window/", window=str(window)))
    assert "window" not in applying.draft.answers


def test_a_county_of_neither_province_is_none(applying: Applying) -> None:
    for county in ("110101", "500000", "500101901", "x"):
        assert "请从列表中选择区县" in shown(applying.post("where/", at=county))
    assert applying.draft.origin_region_id is None


def test_a_township_that_is_not_there_shows_all_windows(applying: Applying) -> None:
    applying.post("where/", at="500101")
    for town in ("511702901", "x", SCRIPT):
        page = shown(applying.client.get(f"/apply/{applying.key}/window/", {"town": town}))
        assert "万州区政务服务中心" in page
        assert SCRIPT not in page


def test_what_is_posted_for_somebody_elses_draft_changes_nothing(
    applying: Applying, outsider: Client
) -> None:
    before = Draft.objects.values().get()
    for page in (*PAGES, "papers/identity/", "papers/identity/way/", "delete/"):
        answer = outsider.post(f"/apply/{applying.key}/{page}", {"way": "window", "sent": sent()})
        assert answer.status_code == 404
    assert Draft.objects.values().get() == before
    assert not Upload.objects.exists()


def test_ids_that_are_none_are_not_found(applying: Applying) -> None:
    for path in (
        f"/apply/{uuid.uuid4()}/",
        "/apply/1/",
        "/apply/x'y/",
        f"/apply/{applying.key}/papers/none/",
        f"/apply/{applying.key}/papers/identity/{uuid.uuid4()}/remove/",
        "/matters/there-is-none/",
        "/matters/there-is-none/apply/",
        "/my/12345/receipt/",
        f"/my/{'1' * 500}/receipt/",
    ):
        assert applying.client.post(path).status_code in (404, 405), path
        assert applying.client.get(path).status_code in (404, 405), path
