"""Two names, one thing: which certificates of one province the other takes."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from matters.catalogue.definition import Material
from tongban.certificates.kinds import (
    CHONGQING,
    SICHUAN,
    Kind,
    acceptance,
    kind_for_paper,
    kinds,
)

TODAY = dt.date(2026, 11, 21)


def test_only_the_residence_permit_is_stated_and_the_rest_say_that_they_are_not() -> None:
    stated = [kind.code for kind in kinds().values() if kind.certainty == "stated"]
    assert stated == ["residence-permit"]
    assert all("待核实" in kind.how_sure for kind in kinds().values() if kind.code not in stated)


def test_two_names_are_one_thing_across_the_border() -> None:
    permit = kinds()["residence-permit"]
    found = acceptance(permit, issued_in=CHONGQING, used_in=SICHUAN, on=TODAY)
    assert found.is_accepted
    assert "重庆市居住证即四川的四川省居住证" in found.text


@pytest.mark.parametrize("code", ["elder-card", "minimum-living-card"])
def test_what_has_no_counterpart_is_said_plainly_and_counts_at_home(code: str) -> None:
    kind = kinds()[code]
    away = acceptance(kind, issued_in=SICHUAN, used_in=CHONGQING, on=TODAY)
    assert (away.is_accepted, away.text) == (False, kind.note)
    assert "原件" in away.text
    assert acceptance(kind, issued_in=SICHUAN, used_in=SICHUAN, on=TODAY).is_accepted


def test_recognition_counts_from_the_day_it_is_known_since() -> None:
    permit = kinds()["residence-permit"].model_copy(update={"since": TODAY})
    day_before = acceptance(
        permit, issued_in=SICHUAN, used_in=CHONGQING, on=TODAY - dt.timedelta(days=1)
    )
    assert not day_before.is_accepted
    assert acceptance(permit, issued_in=SICHUAN, used_in=CHONGQING, on=TODAY).is_accepted


@pytest.mark.parametrize(
    "wrong",
    [
        {"recognition": "none", "note": ""},
        {"recognition": "mutual", "sichuan": ""},
        {"certainty": "stated", "source": ""},
    ],
)
def test_a_row_that_claims_without_ground_is_refused(wrong: dict[str, str]) -> None:
    row = kinds()["disability-card"].model_dump() | wrong
    with pytest.raises(ValidationError):
        Kind.model_validate(row)


def test_a_paper_finds_its_kind_by_name_unless_it_says_otherwise() -> None:
    assert kind_for_paper("四川省居住证") == kind_for_paper("居住证") == "residence-permit"
    assert Material(code="card", name="残疾人证").certificate_kind == "disability-card"
    assert Material(code="card", name="残疾人证", certificate="none").certificate_kind is None
    handed_over = Material(code="card", name="残疾人证", form="original")
    assert handed_over.certificate_kind is None
    assert Material(code="card", name="双方身份证").certificate_kind is None
