from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.accounts.demonstration.people import id_number
from tongban.accounts.identity import (
    birth_date,
    is_resident_id,
    is_uscc,
    problem_with_resident_id,
)

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    "number",
    [
        "50010119880312002X",
        "50010119880312002x",
        " 500101 19880312 002X ",
        "５００１０１１９８８０３１２００２Ｘ",
        "810000199001010019",  # residence permit, 香港
        "830000197707070050",  # residence permit, 台湾
        "510722194802290041",  # born on 29 February, under a county code of the 1980s
    ],
)
def test_a_possible_number_is_accepted_as_people_type_it(number: str) -> None:
    assert problem_with_resident_id(number, TODAY) is None


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("", "0 位"),
        ("500101880312002", "15 位"),
        ("5001011988031200XX", "前 17 位"),
        ("990101198803120020", "地区代码"),
        ("500101199002290013", "出生日期"),
        ("500101188903120020", "出生日期"),
        ("500101198803120020", "校验位"),
    ],
)
def test_an_impossible_number_is_refused_with_what_to_check(number: str, says: str) -> None:
    assert says in (problem_with_resident_id(number, TODAY) or "")


def test_a_birth_yet_to_come_is_refused_and_one_of_today_is_not() -> None:
    number = id_number("500101", date(2026, 11, 21), 12)
    assert problem_with_resident_id(number, date(2026, 11, 21)) is None
    assert "出生日期" in (problem_with_resident_id(number, date(2026, 11, 20)) or "")


def test_a_complaint_never_repeats_the_number() -> None:
    assert "500101198803120020" not in (problem_with_resident_id("500101198803120020", TODAY) or "")


@given(st.dates(date(1890, 1, 1), TODAY), st.integers(1, 999))
def test_every_day_of_birth_makes_a_number_that_is_read_back(born_on: date, order: int) -> None:
    number = id_number("511702", born_on, order)
    assert problem_with_resident_id(number, TODAY) is None
    assert birth_date(number) == born_on


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(place: int, by: int) -> None:
    number = "50010119880312002X"
    digit = (int(number[place]) + by) % 10
    wrong = f"{number[:place]}{digit}{number[place + 1 :]}"
    assert problem_with_resident_id(wrong, TODAY) is not None


@given(st.text(max_size=24))
def test_whatever_is_typed_gets_an_answer(text: str) -> None:
    assert isinstance(is_resident_id(text), bool)
    assert isinstance(is_uscc(text), bool)


@pytest.mark.parametrize("code", ["91110000600037341L", " 91110000 600037341l "])
def test_a_social_credit_code_is_accepted(code: str) -> None:
    assert is_uscc(code)


def test_a_rural_collective_has_a_code_too() -> None:
    stem = "N2500101MF1234567"
    assert sum(is_uscc(stem + c) for c in "0123456789ABCDEFGHJKLMNPQRTUWXY") == 1


@pytest.mark.parametrize(
    "code", ["", "91110000600037341M", "B1110000600037341L", "9111000060003734"]
)
def test_a_wrong_social_credit_code_is_refused(code: str) -> None:
    assert not is_uscc(code)


def test_only_a_number_has_a_birth_date() -> None:
    with pytest.raises(ValueError, match="not a resident ID"):
        birth_date("刘雪梅")
