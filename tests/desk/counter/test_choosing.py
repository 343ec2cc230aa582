"""Which matter: a digit, a few letters, or another card by mistake."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import journeys
from tests.desk.conftest import text_of
from tests.desk.counter.conftest import DAUGHTER_ID, scanned, visit_path
from tests.world import SUBSIDY, World


def choose(client: Client, key: uuid.UUID, typed: str, *shown: str) -> Any:
    return client.post(visit_path(key, "choose/"), {"q": typed, "shown": list(shown)})


def test_what_this_window_is_asked_for_most_comes_first(clerk: Client, window: World) -> None:
    for _ in range(2):
        window.open("道路运输从业资格证补发", channel="window",
                    office_id=window.office("500101", "service_center").pk)  # fmt: skip
    journeys.collected(window)
    page = clerk.get(visit_path(scanned(clerk))).content.decode()
    places = [page.index(name) for name in ("道路运输从业资格证补发", SUBSIDY, "残疾人证新办")]
    assert places == sorted(places)
    assert 'data-key="1"' in page


def test_a_window_without_a_history_is_offered_what_windows_are_for(clerk: Client) -> None:
    page = text_of(clerk.get(visit_path(scanned(clerk))))
    assert page.index(SUBSIDY) < page.index("残疾人证新办")


def test_a_digit_is_the_line_that_was_shown(clerk: Client) -> None:
    key = scanned(clerk)
    answer = choose(clerk, key, "２", "first-slug", "second-slug")
    assert answer["Location"] == visit_path(key, "?matter=second-slug")


def test_a_digit_beyond_the_list_searches(clerk: Client) -> None:
    assert "q=7" in choose(clerk, scanned(clerk), "7", "first-slug")["Location"]


def test_digits_that_are_no_line_search_too(clerk: Client) -> None:
    key = scanned(clerk)
    for typed in ("0050", "0010", "10", "0"):
        assert f"q={typed}" in choose(clerk, key, typed, "first-slug")["Location"]


def test_initials_lead_to_the_one_matter_they_mean(clerk: Client, window: World) -> None:
    key = scanned(clerk)
    slug = window.matter(SUBSIDY).matter.slug
    assert choose(clerk, key, "kncjr")["Location"] == visit_path(key, f"?matter={slug}")


def test_words_that_mean_several_list_them_and_nothing_found_lists_the_nearest(
    clerk: Client, window: World
) -> None:
    key = scanned(clerk)
    found = clerk.get(choose(clerk, key, "残疾")["Location"])
    assert "“残疾”找到的事项" in text_of(found)
    assert "残疾人证新办" in text_of(found)
    unknown = clerk.get(choose(clerk, key, "从业证资格")["Location"])
    assert "没有找到“从业证资格”，最接近的是" in text_of(unknown)


def test_the_next_persons_card_read_into_the_box_begins_a_visit_of_its_own(clerk: Client) -> None:
    first = scanned(clerk)
    answer = choose(clerk, first, DAUGHTER_ID)
    assert DAUGHTER_ID not in answer["Location"]
    assert str(first) not in answer["Location"]
    page = text_of(clerk.get(answer["Location"]))
    assert "读到一张身份证，已换到这个人。" in page
    assert "5001**********0042" in page


def test_a_misread_card_never_becomes_part_of_an_address(clerk: Client) -> None:
    key = scanned(clerk)
    for wrong in (DAUGHTER_ID[:-1] + "9", DAUGHTER_ID[:15], f"x{DAUGHTER_ID}"):
        answer = choose(clerk, key, wrong)
        assert "1975" not in answer["Location"]
    page = clerk.get(visit_path(key, f"?choose=1&q={DAUGHTER_ID}"))
    assert DAUGHTER_ID not in text_of(page)


def test_hostile_words_are_only_words(clerk: Client) -> None:
    key = scanned(clerk)
    for typed in ("<script>alert(1)</script>", "%' OR 1=1 --", "\x00\x00", "啊" * 3000):
        answer = choose(clerk, key, typed)
        assert answer.status_code == 302
        page = clerk.get(answer["Location"])
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
    gone = clerk.get(visit_path(key, "?matter=no-such-matter"), follow=True)
    assert "这个事项现在不能申请" in text_of(gone)


def test_the_page_takes_as_many_statements_for_thirty_cases_as_for_one(
    clerk: Client, window: World
) -> None:
    key = scanned(clerk)
    journeys.collected(window)
    clerk.get(visit_path(key))
    with CaptureQueriesContext(connection) as one:
        clerk.get(visit_path(key))
    for _ in range(29):
        journeys.collected(window)
    with CaptureQueriesContext(connection) as thirty:
        clerk.get(visit_path(key))
    assert len(one) == len(thirty) <= 13
