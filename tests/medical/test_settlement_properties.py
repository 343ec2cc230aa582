"""Over random bills and random rules: the invariants, the caps, the fee, the order, the reversal."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matters.medical.bill import Bill, BillRefused, Item, YearToDate
from matters.medical.breakdown import Breakdown
from matters.medical.deductible import repeated
from matters.medical.reading import Reading
from matters.medical.rules import BenefitRow, RuleBook, rule_book
from matters.medical.rules.book import WORDS
from matters.medical.settlement import settle
from matters.rules import Pool, RuleFile, RuleMissing

POOL = "999900"
quick = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def yuan(most: int) -> st.SearchStrategy[Decimal]:
    return st.integers(0, most * 100).map(lambda fen: Decimal(fen) / 100)


shares = st.integers(0, 100).map(lambda points: Decimal(points) / 100)
caps = st.one_of(yuan(3000), yuan(50_000), st.just("none"))


@st.composite
def bands(draw: st.DrawFn) -> dict[str, Any]:
    ends = draw(st.lists(st.integers(1, 30_000), min_size=1, max_size=3, unique=True))
    found: list[dict[str, Decimal]] = [
        {"to": Decimal(end), "ratio": draw(shares)} for end in sorted(ends)
    ]
    start = draw(st.sampled_from(["zero", "deductible"]))
    return {"counted_from": start, "bands": [*found, {"ratio": draw(shares)}]}


repeats = st.one_of(
    st.just({"shape": "none"}),
    st.builds(lambda step: {"shape": "linear", "step": step}, shares),
    st.builds(lambda step: {"shape": "compound", "step": step}, shares),
    st.builds(lambda less: {"shape": "fixed", "less": less}, yuan(500)),
)
reductions = st.one_of(
    st.just("none"),
    st.fixed_dictionaries(
        {},
        optional={
            "ratio": st.one_of(
                st.builds(lambda points: {"points": points}, shares),
                st.builds(lambda share: {"replace": share}, shares),
            ),
            "deductible": st.one_of(
                st.builds(lambda more: {"add": more}, yuan(500)),
                st.builds(lambda amount: {"replace": amount}, yuan(2000)),
                st.builds(lambda share: {"percent": share}, shares),
            ),
            "off_top": st.builds(lambda share: {"share": share}, shares),
        },
    ).filter(bool),
)


def book_of(**rules: Any) -> RuleBook:
    """A pool with these rules; `_` in a name stands for a point: inpatient__ratio is inpatient.ratio."""
    rows = []
    for name, value in rules.items():
        key = name.replace("__", ".")
        unit, value = value if isinstance(value, tuple) else ("", value)
        assert WORDS.problem_with(key, value) == ""
        rows.append(BenefitRow(key, key, POOL, value, None, None, "certain", "试", unit=unit))
    return RuleBook([RuleFile(Pool(POOL, ("试",)), tuple(rows))])


@st.composite
def books(draw: st.DrawFn) -> RuleBook:
    per = st.sampled_from(["元/次", "元/年"])
    ratios = st.one_of(shares, bands())
    layers = draw(st.sets(st.sampled_from(["large_claim", "major_illness"])))
    return book_of(
        settlement__order="interface",
        inpatient__deductible=(draw(per), draw(yuan(2000))),
        inpatient__deductible__repeat=draw(repeats),
        inpatient__deductible__floor=draw(st.one_of(yuan(600), st.just("none"))),
        inpatient__ratio=draw(ratios),
        inpatient__ratio__bonus=draw(shares),
        inpatient__reduction=draw(reductions),
        outpatient__deductible=(draw(per), draw(yuan(300))),
        outpatient__ratio=draw(ratios),
        outpatient__reduction=draw(reductions),
        outpatient__cap=draw(caps),
        fund__cap=draw(caps),
        layers=sorted(layers),
        large_claim__ratio=draw(ratios),
        large_claim__cap=draw(caps),
        major_illness__deductible=draw(yuan(20_000)),
        major_illness__ratio=draw(ratios),
        major_illness__cap=draw(caps),
    )


@st.composite
def bills(draw: st.DrawFn) -> Bill:
    ownpay, over, preself, scope = (draw(yuan(most)) for most in (5000, 500, 2000, 80_000))
    return Bill(
        pool=POOL, insured_type="employee", person_class="active", level="tier_3",
        visit=draw(st.sampled_from(["inpatient", "inpatient", "outpatient"])),
        on=dt.date(2025, 6, 1), filing=draw(st.sampled_from(["home", "unfiled"])),
        medfee_sumamt=ownpay + over + preself + scope, fulamt_ownpay_amt=ownpay,
        overlmt_selfpay=over, preselfpay_amt=preself, admission_no=draw(st.integers(1, 6)),
        account_balance=draw(yuan(3000)), family_balance=draw(yuan(500)),
    )  # fmt: skip


@st.composite
def years(draw: st.DrawFn) -> YearToDate:
    return YearToDate(
        draw(st.integers(0, 5)), *(draw(yuan(most)) for most in (3000, 300, 300, 90_000, 60_000)),
        *(draw(yuan(most)) for most in (20_000, 3000, 60_000, 60_000, 40_000)),
    )  # fmt: skip


def checked(made: Breakdown) -> Breakdown:
    assert made.broken_invariant() == ""
    assert min(made.amounts.values()) >= 0
    assert all(amount == amount.quantize(Decimal("0.01")) for amount in made.amounts.values())
    assert made.year_after.below_zero == ""
    return made


@quick
@given(books(), bills(), years())
def test_the_invariants_hold_for_every_settlement_and_its_reversal(
    book: RuleBook, bill: Bill, year: YearToDate
) -> None:
    made = checked(settle(bill, year, book=book))
    back = made.negated()
    assert back.broken_invariant() == ""
    assert back.year_after == year
    assert made.year_after + back.counted == year
    assert {name: -amount for name, amount in back.amounts.items()} == made.amounts


@quick
@given(books(), bills(), years(), yuan(20_000), st.booleans())
def test_a_higher_fee_never_lowers_what_the_funds_pay(
    book: RuleBook, bill: Bill, year: YearToDate, more: Decimal, is_own: bool
) -> None:
    """Nor does it ever make the person pay less than nothing, or less than before where it is own pay."""
    own = more if is_own else Decimal(0)
    dearer = replace(
        bill,
        medfee_sumamt=bill.medfee_sumamt + more,
        fulamt_ownpay_amt=bill.fulamt_ownpay_amt + own,
    )
    before = settle(bill, year, book=book)
    after = checked(settle(dearer, year, book=book))
    assert after.fund_pay_sumamt >= before.fund_pay_sumamt
    assert after.psn_cash_pay >= 0
    if is_own:
        assert after.fund_pay_sumamt == before.fund_pay_sumamt


@quick
@given(books(), st.lists(bills(), min_size=1, max_size=6))
def test_no_order_of_bills_overspends_a_cap(book: RuleBook, year_of_bills: list[Bill]) -> None:
    year = YearToDate()
    for bill in year_of_bills:
        year = checked(settle(bill, year, book=book)).year_after
    spent = {
        "fund.cap": year.hifp_pay,
        "outpatient.cap": year.outpatient_hifp_pay,
        "large_claim.cap": year.hifob_pay,
        "major_illness.cap": year.hifmi_pay,
    }
    for key, amount in spent.items():
        cap = book.rows(key=key)[0].value
        assert cap == "none" or amount <= cap


@quick
@given(
    share=shares,
    cap=yuan(20_000),
    large=st.one_of(st.none(), shares),
    threshold=yuan(5000),
    illness=st.one_of(shares, bands()),
    scopes=st.lists(yuan(20_000), min_size=2, max_size=4),
)
def test_a_year_cut_into_bills_in_any_order_spends_the_same_cap(
    share: Decimal, cap: Decimal, large: Decimal | None, threshold: Decimal, illness: Any,
    scopes: list[Decimal],
) -> None:  # fmt: skip
    book = book_of(
        settlement__order="interface", inpatient__deductible=("元/次", Decimal(0)),
        inpatient__ratio=share, fund__cap=cap, large_claim__cap="none",
        layers=["major_illness"] if large is None else ["large_claim"],
        large_claim__ratio=large or Decimal(0), major_illness__deductible=threshold,
        major_illness__ratio=illness, major_illness__cap="none",
    )  # fmt: skip
    plain = Bill(
        POOL, "employee", "active", "tier_3", "inpatient", dt.date(2025, 6, 1), "home", Decimal(0)
    )
    ends = set()
    for order in permutations(scopes):
        year = YearToDate()
        for scope in order:
            year = settle(replace(plain, medfee_sumamt=scope), year, book=book).year_after
        ends.add((year.hifp_pay, year.hifmi_pay))
    assert len(ends) == 1
    assert ends.pop()[0] <= cap


@quick
@given(
    rule=repeats, standard=yuan(2000), floor=st.one_of(yuan(2500), st.just("none")), nth=st.integers(1, 8)
)  # fmt: skip
def test_a_further_admission_never_raises_the_deductible(
    rule: dict[str, Any], standard: Decimal, floor: Any, nth: int
) -> None:
    book = book_of(inpatient__deductible__repeat=rule, inpatient__deductible__floor=floor)
    bill = Bill(
        POOL, "employee", "x", "tier_3", "inpatient", dt.date(2025, 1, 1), "home", Decimal(0)
    )
    look = Reading(bill, book)
    now, later = (repeated(standard, n, "inpatient", "tier_3", look) for n in (nth, nth + 1))
    assert 0 <= later <= now <= standard


ITEMS = st.lists(
    st.builds(
        Item, st.just("药"), st.sampled_from(["甲", "乙", "丙"]), yuan(5000), st.just(Decimal(0)), shares
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip


@quick
@given(
    items=ITEMS,
    order=st.sampled_from(["interface", {"gross_class": ["乙", "甲"]}, {"class_ratios": ["甲", "乙"]}]),
    deductible=yuan(2000), a=shares, b=shares,
)  # fmt: skip
def test_the_invariants_hold_in_every_order_of_deductible_and_own_share(
    items: list[Item], order: Any, deductible: Decimal, a: Decimal, b: Decimal
) -> None:
    by_class = isinstance(order, dict) and "class_ratios" in order
    book = book_of(
        settlement__order=order, inpatient__deductible=("元/次", deductible),
        inpatient__ratio={"by_class": {"甲": a, "乙": b}} if by_class else a,
        fund__cap="none", layers=[],
    )  # fmt: skip
    plain = Bill(
        POOL, "resident", "x", "tier_3", "inpatient", dt.date(2025, 6, 1), "home", Decimal(0)
    )
    total = sum((item.amount for item in items), Decimal(0))
    bill = replace(plain, medfee_sumamt=total).with_items(items)
    checked(settle(bill, YearToDate(), book=book))


REAL = rule_book()
PLACES = {
    "500000": (["active", "retired", "tier_1", "tier_2", "tier_1+minor"]),
    "510100": (["active", "retired", "high", "low", "student"]),
    "511600": ["active", "retired"],
    "510500": ["resident"],
    "510700": ["active", "retired"],
}


@settings(quick, max_examples=80)
@given(data=st.data(), bill=bills(), year=years())
def test_the_provinces_own_rules_settle_or_say_why_not(
    data: st.DataObject, bill: Bill, year: YearToDate
) -> None:
    """Any bill under the real files: the four invariants, or one of the two refusals; nothing else."""
    pool = data.draw(st.sampled_from(sorted(PLACES)))
    person = data.draw(st.sampled_from(PLACES[pool]))
    asked = replace(
        bill, pool=pool, person_class=person,
        insured_type="employee" if person in ("active", "retired") else "resident",
        level=data.draw(st.sampled_from(["tier_3", "tier_2", "tier_1", "community"])),
        filing=data.draw(st.sampled_from(["home", "referral", "long_term", "unfiled", "exempt"])),
        age=data.draw(st.one_of(st.none(), st.integers(0, 105))),
        on=data.draw(st.dates(dt.date(2019, 1, 1), dt.date(2026, 12, 31))),
    )  # fmt: skip
    with suppress(BillRefused, RuleMissing):
        made = checked(settle(asked, year, book=REAL))
        unsure = [rule for rule in made.rules if rule.certainty not in ("certain", "probable")]
        assert all(not rule.bears or rule.value == "没有查到" for rule in unsure)
