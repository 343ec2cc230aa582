"""Constructed cases (none is published for these): a sum by hand beside each."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from matters.medical.bill import Bill, BillRefused, YearToDate
from matters.medical.breakdown import Breakdown
from matters.medical.rules import RuleBook, rule_book
from matters.medical.settlement import settle
from matters.rules import RuleMissing

BOOK = rule_book()
NOTHING_YET = YearToDate()
Amounts = tuple[Decimal | int, ...]
IN_CHONGQING = Bill(
    pool="500000", insured_type="employee", person_class="active", level="tier_3",
    visit="inpatient", on=dt.date(2025, 6, 1), filing="home", medfee_sumamt=Decimal(10000),
)  # fmt: skip


def bill(**more: Any) -> Bill:
    money = {name: Decimal(str(value)) for name, value in more.items() if isinstance(value, float)}
    return replace(IN_CHONGQING, **(more | money))


def settled(year: YearToDate = NOTHING_YET, book: RuleBook = BOOK, **more: Any) -> Breakdown:
    made = settle(bill(**more), year, book=book)
    assert made.broken_invariant() == ""
    assert made.negated().broken_invariant() == ""
    return made


def amounts(*paid: Decimal | int) -> Amounts:
    """To be compared with whole yuan as well."""
    return paid


def missing(year: YearToDate = NOTHING_YET, **more: Any) -> RuleMissing:
    with pytest.raises(RuleMissing) as raised:
        settle(bill(**more), year, book=BOOK)
    return raised.value


CHENGDU: dict[str, Any] = {"pool": "510100", "age": 45}
GUANGAN: dict[str, Any] = {"pool": "511600", "on": dt.date(2024, 11, 1)}
RESIDENT: dict[str, Any] = {"insured_type": "resident", "person_class": "tier_1"}


@pytest.mark.parametrize(
    ("more", "deductible", "fund"),
    [
        # 重庆 职工: (10000 − 880) × 85 %, and so on down the levels
        ({}, "880", "7752.00"),
        ({"level": "tier_2"}, "440", "8317.20"),
        ({"level": "tier_1"}, "200", "8820.00"),
        ({"level": "community_2"}, "400", "8352.00"),
        ({"level": "community"}, "160", "8856.00"),
        # retired: 95 % at every level
        ({"person_class": "retired"}, "880", "8664.00"),
        # a TCM hospital counts one tier lower for the deductible, not for the ratio
        ({"is_tcm": True}, "440", "8126.00"),
        # second admission: 792
        ({"admission_no": 2}, "792", "7826.80"),
        # filed: as at home
        ({"filing": "referral", "treated_at": "510104"}, "880", "7752.00"),
        ({"filing": "exempt", "treated_at": "511702"}, "880", "7752.00"),
        # across a district of 重庆 without filing: 880 × 1.05 = 924; 80 %
        ({"filing": "unfiled", "treated_at": "500103"}, "924", "7260.80"),
        # the old rule for other places, while it stood
        ({"filing": "unfiled", "on": dt.date(2021, 6, 1)}, "924", "7260.80"),
        # 重庆 居民: (10000 − 800) × 50 %, 二档 and minors five points more
        (RESIDENT, "800", "4600.00"),
        (RESIDENT | {"person_class": "tier_2"}, "800", "5060.00"),
        (RESIDENT | {"person_class": "tier_2+minor"}, "800", "5520.00"),
        (RESIDENT | {"age": 9}, "800", "5060.00"),
        # the ratio of the day: 70 % from 2022, 65 % in 2021, 60 % before
        (RESIDENT | {"level": "tier_2", "on": dt.date(2022, 1, 1)}, "300", "6790.00"),
        (RESIDENT | {"level": "tier_2", "on": dt.date(2021, 12, 31)}, "300", "6305.00"),
        (RESIDENT | {"level": "tier_2", "on": dt.date(2020, 12, 31)}, "300", "5820.00"),
        # 成都 职工, with the bonus of age; never above 100 %
        (CHENGDU, "800", "7820.00"),
        (CHENGDU | {"age": 50}, "800", "8004.00"),
        (CHENGDU | {"age": 79}, "800", "8372.00"),
        (CHENGDU | {"age": 91, "level": "community"}, "160", "9840.00"),
        (CHENGDU | {"age": 101}, "800", "9200.00"),
        # outside the exempt area unfiled: 1200 and ten points less
        (CHENGDU | {"filing": "unfiled", "treated_at": "440100"}, "1200", "6600.00"),
        (CHENGDU | {"filing": "exempt", "treated_at": "500103"}, "800", "7820.00"),
        (CHENGDU | {"insured_type": "resident", "person_class": "high"}, "500", "6460.00"),
        # 广安's official table
        (GUANGAN, "600", "8084.00"),
        (GUANGAN | {"filing": "referral"}, "700", "7533.00"),
        (GUANGAN | {"filing": "other_temporary"}, "1000", "5940.00"),
        (GUANGAN | {"filing": "unfiled", "person_class": "retired"}, "1000", "6300.00"),
        # 泸州 居民
        ({"pool": "510500", "insured_type": "resident", "person_class": "resident",
          "filing": "emergency"}, "900", "4550.00"),
        # 绵阳: a tenth off the top, then 1000: (9000 − 1000) × 88 %
        ({"pool": "510700", "filing": "referral"}, "1000", "7040.00"),
    ],
)  # fmt: skip
def test_a_stay_of_ten_thousand_yuan(more: dict[str, Any], deductible: str, fund: str) -> None:
    made = settled(**more)
    assert amounts(made.act_pay_dedc, made.hifp_pay) == (Decimal(deductible), Decimal(fund))
    assert made.psn_cash_pay == 10000 - made.fund_pay_sumamt


def test_the_four_parts_of_the_fee_come_off_in_their_order() -> None:
    made = settled(
        medfee_sumamt=12345.67, fulamt_ownpay_amt=1000.5, overlmt_selfpay=45.17, preselfpay_amt=300.0,
        account_balance=500.0, family_balance=100.0,
    )  # fmt: skip
    assert made.inscp_scp_amt == Decimal("11000.00")
    assert made.hifp_pay == Decimal("8602.00")
    assert made.psn_part_amt == Decimal("3743.67")
    assert amounts(made.acct_pay, made.acct_mulaid_pay) == (500, 100)
    assert made.psn_cash_pay == Decimal("3143.67")
    assert [line.fund_pay_type for line in made.fund_lines] == ["hifp_pay"]
    assert made.fund_lines[0].crt_payb_lmt_amt == 47000


def test_a_fen_is_rounded_half_up_where_it_is_paid() -> None:
    # (880.10 − 880) × 85 % = 0.085
    assert settled(medfee_sumamt=880.1).hifp_pay == Decimal("0.09")


def test_a_bill_below_the_deductible_pays_nothing_and_counts_as_an_admission() -> None:
    made = settled(medfee_sumamt=500.0)
    assert amounts(made.act_pay_dedc, made.fund_pay_sumamt, made.psn_cash_pay) == (500, 0, 500)
    assert made.counted == YearToDate(
        admissions=1,
        act_pay_dedc=Decimal(500),
        inscp_scp_amt=Decimal(500),
        scope_selfpay=Decimal(500),
    )


def test_above_the_funds_cap_the_large_claim_pays_all_of_the_scope() -> None:
    """46,000 paid: 1,000 is left, which 85 % makes of 1,176.47; the other 7,943.53 大额 pays whole."""
    made = settled(YearToDate(hifp_pay=Decimal(46000), admissions=0))
    assert amounts(made.hifp_pay, made.hifob_pay) == (1000, Decimal("7943.53"))
    assert {line.fund_pay_type for line in made.fund_lines} == {"hifp_pay", "hifob_pay"}
    assert any("150000" in doubt.text for doubt in made.doubts)
    full = settled(YearToDate(hifp_pay=Decimal(47000), hifob_pay=Decimal(499000)))
    assert amounts(full.hifp_pay, full.hifob_pay) == (0, 1000)


def test_the_large_illness_insurance_looks_at_the_years_own_share() -> None:
    """一档, 三级: (50000 − 800) × 50 % = 24600; own 25400 in scope; (25400 − 18797) × 60 % = 3961.80."""
    made = settled(**RESIDENT, medfee_sumamt=50000.0)
    assert amounts(made.hifp_pay, made.hifmi_pay) == (24600, Decimal("3961.80"))
    earlier = YearToDate(scope_selfpay=Decimal(18000))
    again = settled(earlier, **RESIDENT)
    assert again.hifmi_pay == Decimal("2761.80")  # (18000 + 5400 − 18797) × 60 %


def test_the_outpatient_deductible_is_once_a_year_and_its_cap_too() -> None:
    first = settled(visit="outpatient", medfee_sumamt=500.0)
    assert amounts(first.act_pay_dedc, first.hifp_pay) == (200, 150)  # (500 − 200) × 50 %
    second = settled(first.year_after, visit="outpatient", level="tier_2", medfee_sumamt=500.0)
    assert amounts(second.act_pay_dedc, second.hifp_pay) == (0, 300)
    year = YearToDate(outpatient_dedc=Decimal(200), outpatient_hifp_pay=Decimal(2900))
    last = settled(year, visit="outpatient", medfee_sumamt=5000.0)
    assert amounts(last.hifp_pay, last.year_after.outpatient_hifp_pay) == (100, 3000)
    assert last.year_after.hifp_pay == 0


def test_the_third_admission_shows_both_readings_of_the_step() -> None:
    made = settled(admission_no=3)
    assert made.act_pay_dedc == Decimal("712.80")
    (doubt,) = made.doubts
    assert doubt.amounts["act_pay_dedc"] == 704
    assert settled(admission_no=2).doubts == ()


def test_a_stay_across_the_years_end_bears_one_deductible() -> None:
    made = settled(stay_dedc=Decimal(500), admission_no=1)
    assert amounts(made.act_pay_dedc, made.year_after.admissions) == (380, 0)


@pytest.mark.parametrize(
    ("more", "key"),
    [
        (CHENGDU | {"admission_no": 2}, "inpatient.deductible.repeat"),
        (RESIDENT | {"admission_no": 2}, "inpatient.deductible.repeat"),
        ({"level": "community", "admission_no": 2}, "inpatient.deductible.floor"),
        ({"filing": "other_temporary"}, "inpatient.reduction"),
        ({"visit": "pharmacy", "level": "pharmacy"}, "outpatient.ratio"),
        ({"visit": "chronic", "disease": "高血压"}, "chronic.ratio"),
        ({"pool": "511600", "filing": "exempt"}, "inpatient.reduction"),
        ({"pool": "510900"}, "inpatient.deductible"),
        ({"pool": "510900", "visit": "outpatient"}, "outpatient.deductible"),
        ({"pool": "511700", "person_class": "?"}, "inpatient.deductible"),
        (RESIDENT | {"on": dt.date(2026, 6, 1), "medfee_sumamt": Decimal(90000)},
         "major_illness.deductible"),
        (CHENGDU | {"plans": ("互助",)}, "top_up.ratio"),
    ],
)  # fmt: skip
def test_what_is_not_known_stops_the_sum_and_is_named(more: dict[str, Any], key: str) -> None:
    found = missing(**more).missing[0]
    assert found.key == key
    assert found.sentence
    assert str(bill(**more).on.year) in found.sentence


def test_an_unconfirmed_rule_that_bears_shows_every_claimed_outcome() -> None:
    refused = missing(filing="unfiled")
    assert [doubt.amounts["fund_pay_sumamt"] for doubt in refused.doubts] == [
        Decimal("7260.80"),
        Decimal("5928.00"),
    ]


def test_an_unconfirmed_rule_that_does_not_bear_stops_nothing_and_is_marked() -> None:
    """2026's 大病 deductible is not known; at 5,400 of one's own no claimed figure is reached."""
    made = settled(**RESIDENT, on=dt.date(2026, 6, 1))
    assert made.hifmi_pay == 0
    (unsure,) = [rule for rule in made.rules if rule.certainty == "uncertain"]
    assert (unsure.key, unsure.bears) == ("major_illness.deductible", False)


def test_an_exemption_that_may_have_ended_shows_what_the_unfiled_would_get() -> None:
    """The province ordered its exempt ways to be looked at again on 2024-12-19; what came of it is not known."""
    before = settled(**CHENGDU, on=dt.date(2024, 12, 18), filing="exempt", treated_at="500103")
    assert not [doubt for doubt in before.doubts if doubt.amounts]
    after = settled(**CHENGDU, on=dt.date(2024, 12, 19), filing="exempt", treated_at="500103")
    (doubt,) = [doubt for doubt in after.doubts if doubt.amounts]
    assert amounts(after.hifp_pay, doubt.amounts["hifp_pay"]) == (7820, 6600)


def test_a_person_without_a_told_age_hears_what_the_age_would_add() -> None:
    made = settled(pool="510100")
    assert made.hifp_pay == 7820
    ages = [each.amounts["fund_pay_sumamt"] for each in made.doubts if "岁" in each.text]
    assert ages == [8004, 8188, 8372, 8556, 8740]


def test_a_probable_rule_is_used_with_its_certainty_shown() -> None:
    made = settled(filing="referral")
    shown = {rule.key: rule.certainty for rule in made.rules}
    assert shown["inpatient.reduction"] == "probable"
    assert shown["inpatient.deductible"] == "certain"
    assert all(rule.source for rule in made.rules if rule.certainty != "uncertain")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"medfee_sumamt": Decimal(-1)}, "amount"),
        ({"medfee_sumamt": Decimal("NaN")}, "amount"),
        ({"medfee_sumamt": Decimal("0.001")}, "fen"),
        ({"fulamt_ownpay_amt": Decimal(10001)}, "split"),
        ({"admission_no": 0}, "admission_no"),
        ({"person_class": "tier_1"}, "person_class"),
        ({"treated_at": "510104"}, "filing"),
        ({"hosp_part_amt": Decimal(9999)}, "hosp_part"),
        ({"visit": "spa"}, "visit"),
    ],
)
def test_a_bill_that_contradicts_itself_is_refused(more: dict[str, Any], code: str) -> None:
    with pytest.raises(BillRefused) as raised:
        settle(bill(**more), NOTHING_YET, book=BOOK)
    assert raised.value.code == code
    assert any("\u4e00" <= sign <= "\u9fff" for sign in raised.value.sentence)


def test_a_year_below_zero_is_refused() -> None:
    with pytest.raises(BillRefused, match="不能小于零"):
        settle(bill(), YearToDate(hifp_pay=Decimal(-1)), book=BOOK)


def test_a_reversal_takes_back_every_amount_and_the_year() -> None:
    before = YearToDate(hifp_pay=Decimal(46000), admissions=1, scope_selfpay=Decimal(3000))
    made = settled(before, admission_no=2, account_balance=100.0)
    back = made.negated()
    assert all(back.amounts[name] == -amount for name, amount in made.amounts.items())
    assert back.year_after == before
    assert made.year_after + back.counted == before
    assert back.negated() == replace(made, doubts=(), explanation=back.negated().explanation)


SHAPES = """
pool: "999900"
names: [试]
rules:
  - {key: settlement.order, value: interface, certainty: certain, source: 试}
  - {key: inpatient.deductible, value: 1000, unit: 元/次, certainty: certain, source: 试}
  - {key: inpatient.deductible.repeat, value: %s, certainty: certain, source: 试}
  - {key: inpatient.deductible.floor, value: %s, certainty: certain, source: 试}
  - {key: inpatient.ratio, value: %s, certainty: certain, source: 试}
  - {key: inpatient.reduction, filing: unfiled, value: %s, certainty: certain, source: 试}
  - {key: fund.cap, value: none, certainty: certain, source: 试}
  - {key: layers, value: [], certainty: certain, source: 试}
"""


def made_with(
    folder: Path, *, repeat: str = "{shape: none}", floor: str = "none", ratio: str = "0.8",
    reduction: str = "none", **more: Any,
) -> Breakdown:  # fmt: skip
    (folder / "x.yaml").write_text(SHAPES % (repeat, floor, ratio, reduction), "utf-8")
    return settled(book=rule_book([folder]), pool="999900", filing="unfiled", **more)


@pytest.mark.parametrize(
    ("repeat", "floor", "due"),
    [
        ("{shape: none}", "none", [1000, 1000, 1000, 1000]),
        ("{shape: linear, step: 0.1}", "none", [1000, 900, 800, 700]),
        ("{shape: compound, step: 0.1}", "none", [1000, 900, 810, 729]),
        ("{shape: linear, step: 0.3}", "500", [1000, 700, 500, 500]),
        ("{shape: fixed, less: 400}", "none", [1000, 600, 200, 0]),
        ("{shape: waived, from: 3}", "none", [1000, 1000, 0, 0]),
        ("{shape: shares, shares: [1, 0.5, 0.3]}", "none", [1000, 500, 300, 300]),
    ],
)
def test_every_step_for_repeat_admissions(
    tmp_path: Path, repeat: str, floor: str, due: list[int]
) -> None:
    found = []
    for nth in (1, 2, 3, 4):
        folder = tmp_path / str(nth)
        folder.mkdir()
        made = made_with(folder, repeat=repeat, floor=floor, admission_no=nth)
        found.append(made.act_pay_dedc)
    assert found == due


@pytest.mark.parametrize(
    ("reduction", "deductible", "preself", "fund"),
    [
        ("none", 1000, 0, 7200),
        ("{ratio: {points: 0.2}}", 1000, 0, 5400),
        ("{ratio: {replace: 0.5}}", 1000, 0, 4500),
        ("{deductible: {add: 100}}", 1100, 0, 7120),
        ("{deductible: {replace: 1500}}", 1500, 0, 6800),
        ("{deductible: {percent: 0.05}}", 1050, 0, 7160),
        ("{off_top: {share: 0.1}}", 1000, 1000, 6400),
        (
            "{off_top: {share: 0.1}, deductible: {replace: 2000}, ratio: {points: 0.1}}",
            2000,
            1000,
            4900,
        ),
        ("{ratio: {points: 0.9}}", 1000, 0, 0),
    ],
)
def test_every_shape_of_reduction(
    tmp_path: Path, reduction: str, deductible: int, preself: int, fund: int
) -> None:
    made = made_with(tmp_path, reduction=reduction)
    assert amounts(made.act_pay_dedc, made.preselfpay_amt, made.hifp_pay) == (
        deductible,
        preself,
        fund,
    )


def test_a_ratio_by_bands_of_the_amount(tmp_path: Path) -> None:
    """起付线以上: 1,000–5,000 at 70 %, beyond at 90 %: 2,800 + 4,500."""
    bands = "{counted_from: zero, bands: [{to: 5000, ratio: 0.7}, {ratio: 0.9}]}"
    made = made_with(tmp_path, ratio=bands)
    assert made.hifp_pay == 7300
    assert "分段报销" in next(
        line.text for line in made.explanation if line.amount_name == "hifp_pay"
    )
