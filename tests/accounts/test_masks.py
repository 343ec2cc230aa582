import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.accounts.personal import mask_card, mask_id_number, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("", ""),
        ("张", "*"),
        ("张明", "张*"),
        ("张小明", "张*明"),
        ("欧阳小明", "欧**明"),
        ("沙马·尔古", "沙*·*古"),
        ("买买提江·吐尔逊", "买***·**逊"),
        ("Anna Li", "A*** *i"),
    ],
)
def test_a_name_keeps_its_ends(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_numbers_keep_what_their_owner_recognises() -> None:
    assert mask_id_number("51017219900101123X") == "5101**********123X"
    assert mask_phone("16400005678") == "164****5678"
    assert mask_phone("58123456") == "******56"
    assert mask_card("6222 0000 0000 1234") == "************1234"


@pytest.mark.parametrize("mask", [mask_id_number, mask_phone, mask_card])
def test_what_is_too_short_to_be_one_is_starred_whole(mask: object) -> None:
    assert callable(mask)
    assert mask("12345") == "*****"
    assert mask("") == ""


@given(st.text(st.characters(categories=["Lo"]), min_size=2, max_size=30))
def test_a_masked_name_is_as_long_and_hides_all_between_its_ends(name: str) -> None:
    masked = mask_name(name)
    assert len(masked) == len(name)
    assert set(masked[1:-1]) <= {"*"}


@given(st.text("0123456789X", max_size=30))
def test_no_mask_shows_more_than_eight_characters(number: str) -> None:
    for mask in (mask_id_number, mask_phone, mask_card):
        assert sum(c != "*" for c in mask(number)) <= 8
        assert len(mask(number)) == len(number)
