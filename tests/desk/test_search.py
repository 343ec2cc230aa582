"""Finding a case by its number, as it is read out on the phone."""

from __future__ import annotations

import pytest

from tests import journeys
from tests.desk.conftest import SignedIn, numbers_on, text_of
from tests.world import World


def test_a_whole_number_opens_the_case_and_so_do_its_last_eight_digits(
    world: World, at_desk: SignedIn
) -> None:
    case, _other = world.open(), world.open()
    client = at_desk("clerk_cq")
    written = f" {case.number[:6]} {case.number[6:12]}-{case.number[12:]} "
    for typed in (case.number, case.number[-8:], written):
        answer = client.get("/desk/search/", {"q": typed})
        assert answer["Location"] == f"/desk/{case.number}/"


def test_a_beginning_lists_what_was_handed_in_there_that_day(
    world: World, at_desk: SignedIn
) -> None:
    today = {world.open().number, world.open().number}
    journeys.begin(world)
    page = at_desk("clerk_cq").get("/desk/search/", {"q": min(today)[:12]})
    assert set(numbers_on(page)) == today
    assert "林晓梅" not in text_of(page)


def test_a_closed_case_is_found_too(world: World, at_desk: SignedIn) -> None:
    case = world.open()
    world.take(case, "turn_back", "clerk_cq", {"reason": "不属于本窗口"})
    answer = at_desk("clerk_cq").get("/desk/search/", {"q": case.number})
    assert answer["Location"] == f"/desk/{case.number}/"


def test_another_offices_case_is_not_found(world: World, at_desk: SignedIn) -> None:
    case = world.open()
    client = at_desk("clerk_elsewhere")
    for typed in (case.number, case.number[-8:], case.number[:12]):
        assert "没有找到这个编号的办件" in text_of(client.get("/desk/search/", {"q": typed}))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "请输入编号"),
        ("123", "最后 8 位"),
        ("9" * 61, "编号不超过 60 个字符"),
        ("<script>alert(1)</script>", "编号只含数字"),
        ("1' OR '1'='1", "编号只含数字"),
        ("50010126\x00", "编号只含数字"),
    ],
)
def test_what_is_no_number_is_told_and_stays_in_the_box(
    world: World, at_desk: SignedIn, typed: str, said: str
) -> None:
    page = at_desk("clerk_cq").get("/desk/search/", {"q": typed})
    assert page.status_code == 200
    assert said in text_of(page)
    assert "<script>alert" not in page.content.decode()


def test_digits_beyond_any_case_find_nothing(world: World, at_desk: SignedIn) -> None:
    client = at_desk("clerk_cq")
    for typed in ("9" * 8, "9" * 11, "9" * 12, "9" * 32, "0" * 8, "5001x", "渝社险〔2026〕12号"):
        assert "没有找到" in text_of(client.get("/desk/search/", {"q": typed}))
