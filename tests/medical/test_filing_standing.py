"""Where somebody stands at a place: a table over pool, place, visit, day and filing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matters.medical.filing import (
    NoPlace,
    benefit_standing,
    deem_filed,
    insured_by_id_number,
    insured_of,
    place_of,
    standing,
)
from matters.medical.models import Freeze, Insured
from tests.medical.cover import (
    CHONGQING,
    DAZHOU,
    LIANGSHAN,
    Book,
    day,
    exempt,
    filed,
    insure,
)
from tests.world import ZHOU_ID, World, at

BOOK = Book()


def stands(
    insured: Insured, destination: str, on: str, visit: str = "inpatient", **more: Any
) -> str:
    found = standing(
        insured=insured, destination=destination, visit=visit, on=day(on), book=BOOK, **more
    )
    return f"{found.filing} {'direct' if found.may_settle_directly else 'refused'}"


@pytest.mark.parametrize(
    ("region", "place"),
    [("500103", CHONGQING), ("500000", CHONGQING), ("511702", DAZHOU), ("511702901", DAZHOU)],
)
def test_a_filing_is_for_a_city_of_sichuan_or_all_of_chongqing(region: str, place: str) -> None:
    assert place_of(region) == place


@pytest.mark.parametrize("region", ["510000", "440100", ""])
def test_nobody_files_for_a_province_or_beyond_the_two(region: str) -> None:
    with pytest.raises(NoPlace):
        place_of(region)


@pytest.mark.parametrize(
    ("kind", "destination", "visit", "on", "expected"),
    [
        # The filing is for all of 达州, wherever in it, from its first day to its last.
        ("long_term", "511702", "inpatient", "2026-01-09", "unfiled refused"),
        ("long_term", "511702", "inpatient", "2026-01-10", "long_term direct"),
        ("long_term", "511703", "outpatient", "2036-01-10", "long_term direct"),
        ("retired_settled", "511702", "chronic", "2026-05-11", "retired_settled direct"),
        ("posted", "511702", "inpatient", "2026-05-11", "posted direct"),
        ("referral", "511702", "inpatient", "2026-07-10", "referral direct"),
        ("referral", "511702", "inpatient", "2026-07-11", "unfiled refused"),
        ("other_temporary", "511702", "outpatient", "2026-07-10", "other_temporary direct"),
        ("other_temporary", "511702", "outpatient", "2026-07-11", "unfiled refused"),
        # Another place is not filed for.
        ("long_term", "513401", "inpatient", "2026-05-11", "unfiled refused"),
        # Nothing published says that a filing opens pharmacies.
        ("long_term", "511702", "pharmacy", "2026-05-11", "long_term refused"),
        # At home no filing is needed; who settled elsewhere has at least what the referred have.
        ("other_temporary", "500103", "inpatient", "2026-05-11", "home direct"),
        ("long_term", "500103", "inpatient", "2026-05-11", "referral direct"),
        ("long_term", "500103", "inpatient", "2026-01-09", "home direct"),
    ],
)
def test_the_standing_follows_place_visit_and_day(
    world: World, kind: str, destination: str, visit: str, on: str, expected: str
) -> None:
    insured = insure()
    filed(insured, kind)
    assert stands(insured, destination, on, visit) == expected


@pytest.mark.parametrize(
    ("admitted", "left", "expected"),
    [
        ("2026-07-10", "2026-08-20", "referral direct"),
        ("2026-07-11", "2026-08-20", "unfiled refused"),
        ("2026-01-02", "2026-01-10", "referral direct"),
        ("2026-01-02", "2026-01-09", "unfiled refused"),
    ],
)
def test_admitted_inside_the_validity_or_filed_before_settlement_counts(
    world: World, admitted: str, left: str, expected: str
) -> None:
    insured = insure()
    filed(insured, "referral")
    assert stands(insured, "511702", left, open_since=day(admitted)) == expected


def test_the_sentences_say_why_an_expired_and_a_late_filing_count(world: World) -> None:
    insured = insure()
    filed(insured, "referral")

    def said(since: str, on: str) -> str:
        return standing(
            insured=insured, destination=DAZHOU, visit="inpatient", on=day(on),
            open_since=day(since), book=BOOK,
        ).sentence  # fmt: skip

    assert "2026年7月1日入院时备案有效，之后到期也照常按备案结算" in said(
        "2026-07-01", "2026-08-01"
    )
    assert "2026年1月2日入院之后、出院结算之前办理" in said("2026-01-02", "2026-01-12")


def test_who_has_not_filed_is_told_what_to_do_and_whom_to_call(world: World) -> None:
    found = standing(
        insured=insure(), destination="511702", visit="inpatient", on=day("2026-05-11"),
        open_since=day("2026-05-01"), book=BOOK,
    )  # fmt: skip
    assert found.sentence == (
        "还没有备案到达州市，现在不能直接结算。已经住院的，出院结算前办好备案就能直接结算。"
    )
    assert "现在就办理备案" in found.safe_act
    assert "手工报销" in found.safe_act
    assert "拨打12393" in found.safe_act
    assert "参保地重庆市医疗保障局（000-00000000）" in found.safe_act
    assert "就医地达州市医疗保障局（000-00000000）" in found.safe_act


def test_an_emergency_is_deemed_filed_for_its_one_visit(world: World) -> None:
    insured, on = insure(), day("2026-05-11")
    moment = at("2026-05-11 03:00")
    deemed = [
        deem_filed(insured=insured, destination="511702", visit_key="v1", on=on, at=moment)
        for _ in range(2)
    ]
    assert deemed[0] == deemed[1]
    assert stands(insured, DAZHOU, "2026-05-11") == "unfiled refused"
    found = standing(
        insured=insured, destination=DAZHOU, visit="inpatient", on=on, is_emergency=True,
        visit_key="v1", book=BOOK,
    )  # fmt: skip
    assert (found.filing, found.row, found.may_settle_directly) == ("emergency", deemed[0], True)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("other_temporary", "emergency direct"),
        ("referral", "referral direct"),
        ("long_term", "long_term direct"),
    ],
)
def test_an_emergency_lowers_nobody(world: World, kind: str, expected: str) -> None:
    insured = insure()
    filed(insured, kind)
    assert stands(insured, DAZHOU, "2026-05-11", is_emergency=True) == expected


def test_an_exemption_that_is_only_probable_is_used_with_its_doubt_and_the_safe_act(
    world: World,
) -> None:
    insured = insure()
    row = exempt(CHONGQING, certainty="probable", doubt="起始日期只见于一处报道。")
    book = Book(exempt={(CHONGQING, DAZHOU, "inpatient"): row})
    found = standing(
        insured=insured, destination=DAZHOU, visit="inpatient", on=day("2026-05-11"), book=book
    )
    assert (found.filing, found.may_settle_directly, found.exemption) == ("exempt", True, row)
    assert found.sentence == "到达州市就医自2022年8月1日起免备案，可以直接结算。"
    assert found.doubts == ("起始日期只见于一处报道。",)
    assert "现在就办理备案" in found.safe_act
    assert "12393" in found.safe_act
    outpatient = standing(
        insured=insured, destination=DAZHOU, visit="outpatient", on=day("2026-05-11"), book=book
    )
    assert outpatient.filing == "unfiled"


def test_a_certain_exemption_needs_nothing_else_and_beats_a_temporary_filing(world: World) -> None:
    insured = insure()
    filed(insured, "other_temporary")
    book = Book(exempt={(CHONGQING, DAZHOU, "inpatient"): exempt(CHONGQING)})
    found = standing(
        insured=insured, destination=DAZHOU, visit="inpatient", on=day("2026-05-11"), book=book
    )
    assert (found.filing, found.doubts, found.safe_act) == ("exempt", (), "")


def test_an_exemption_nobody_found_stays_unknown(world: World) -> None:
    insured = insure(DAZHOU)
    unknown = exempt(DAZHOU, certainty="uncertain", applies=False, doubt="没有查到是否免备案。")
    book = Book(exempt={(DAZHOU, CHONGQING, "inpatient"): unknown})
    found = standing(
        insured=insured, destination="500103", visit="inpatient", on=day("2026-05-11"), book=book
    )
    assert (found.filing, found.may_settle_directly) == ("unfiled", False)
    assert found.doubts == ("没有查到是否免备案。",)


@pytest.mark.parametrize(
    ("on", "status"),
    [
        ("2026-03-31", "ok"),
        ("2026-04-01", "frozen"),
        ("2026-05-31", "frozen"),
        ("2026-06-01", "ok"),
    ],
)
def test_a_freeze_refuses_direct_settlement_for_its_days(
    world: World, on: str, status: str
) -> None:
    insured = insure()
    filed(insured)
    Freeze.objects.create(
        insured=insured, from_on=day("2026-04-01"), to_on=day("2026-06-01"), reason="欠费"
    )
    found = standing(insured=insured, destination=DAZHOU, visit="inpatient", on=day(on), book=BOOK)
    assert (found.benefit.status, found.may_settle_directly) == (status, status == "ok")
    assert ("欠费" in found.sentence) == (status == "frozen")


def test_days_that_were_paid_back_go_by_hand(world: World) -> None:
    insured = insure()
    Freeze.objects.create(
        insured=insured, from_on=day("2026-04-01"), to_on=day("2026-06-01"), reason="欠费",
        paid_back_on=day("2026-05-20"), is_covered=True,
    )  # fmt: skip
    found = benefit_standing(insured=insured, on=day("2026-04-15"))
    assert found.may_claim_by_hand
    assert "可以申请手工报销" in found.sentence


def test_nobody_is_insured_before_the_first_or_from_the_last_day(world: World) -> None:
    insured = insure(valid_to=day("2026-06-01"))
    seen = [
        benefit_standing(insured=insured, on=day(on)).status
        for on in ("2019-12-31", "2020-01-01", "2026-05-31", "2026-06-01")
    ]
    assert seen == ["not_insured", "ok", "ok", "not_insured"]


def test_people_are_found_by_their_number_and_the_newest_cover_counts(world: World) -> None:
    insure(LIANGSHAN, valid_from=day("2018-01-01"), valid_to=day("2020-01-01"))
    now = insure()
    spelled = f" {ZHOU_ID[:6]} {ZHOU_ID[6:]} "
    assert insured_by_id_number(spelled, on=day("2026-05-11")) == now
    assert insured_by_id_number("500101199001010016", on=day("2026-05-11")) is None
    world.daughter.id_number = ZHOU_ID
    world.daughter.save()
    assert insured_of(world.daughter, on=day("2026-05-11")) == now
    assert insured_of(world.outsider, on=day("2026-05-11")) is None


@pytest.mark.parametrize("filings", [1, 30])
def test_a_standing_takes_two_statements_however_many_filings_there_are(
    world: World, filings: int
) -> None:
    insured = insure()
    for _ in range(filings - 1):
        filed(insured, "referral", LIANGSHAN, state="expired", ended_on=day("2026-07-11"))
    filed(insured)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert stands(insured, DAZHOU, "2026-05-11") == "long_term direct"
    assert len(seen) == 2
