"""Making and ending filings: terms, locks, what takes whose place, and the day on which they end."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from io import StringIO
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection

from matters.medical.filing import (
    FilingRefused,
    cancel,
    deem_filed,
    ending,
    expire_due,
    filings_of,
    in_force,
    readers,
    register,
    registering,
    void,
)
from matters.medical.filing.terms import months_after
from matters.medical.models import Filing, Freeze, Institution, Insured, Visit
from tests.medical.cover import DAZHOU, LIANGSHAN, Book, day, filed, insure
from tests.world import World, at, build_world


def put(insured: Insured, kind: str = "other_temporary", to: str = DAZHOU, *, on: str = "2026-05-11",
        book: Book | None = None, **more: object) -> Filing:  # fmt: skip
    return register(
        **{
            "insured_id": insured.pk,
            "kind": kind,
            "destination": to,
            "on_promise": False,
            "on": day(on),
            "at": at(f"{on} 09:00"),
            "case_key": "",
            "book": book or Book(),
            **more,
        }  # type: ignore[arg-type]
    )


def states(insured: Insured) -> dict[str, str]:
    return {f"{row.kind}>{row.destination_id}": row.state for row in filings_of(insured)}


@pytest.fixture
def in_hospital() -> Iterator[set[tuple[int, str]]]:
    """(insured, place) of open stays, as the keeper of visits would answer."""
    lying: set[tuple[int, str]] = set()
    with patch.object(ending, "is_admitted_at", lambda i, place: (i, place) in lying):
        yield lying


@pytest.mark.parametrize("kind", ["retired_settled", "long_term", "posted"])
def test_who_lives_there_is_filed_without_an_end(world: World, kind: str) -> None:
    filing = put(insure(), kind, "511702")
    assert (filing.destination_id, filing.valid_to, filing.locked_until) == (DAZHOU, None, None)


@pytest.mark.parametrize("kind", ["referral", "other_temporary"])
def test_a_temporary_filing_runs_for_six_months_at_least(world: World, kind: str) -> None:
    filing = put(insure(), kind, on="2026-08-31")
    assert filing.valid_to == day("2027-02-28")
    assert filing.rules[0]["key"] == "filing.temporary.validity_min"
    assert in_force(filing, day("2027-02-28"))
    assert not in_force(filing, day("2027-03-01"))


def test_a_promise_locks_for_the_months_the_pool_names_and_keeps_how_sure_that_is(
    world: World,
) -> None:
    filing = put(insure(), "long_term", on_promise=True)
    assert filing.locked_until == day("2026-11-11")
    assert (filing.rules[0]["value"], filing.rules[0]["certainty"]) == ("6", "probable")


def test_a_lock_that_no_rule_names_is_none_and_said_to_be_missing(world: World) -> None:
    book = Book({"filing.long_term.lock_months": None})
    filing = put(insure(), "long_term", on_promise=True, book=book)
    assert filing.locked_until is None
    assert filing.rules == [{"key": "filing.long_term.lock_months", "certainty": "missing"}]


@pytest.mark.parametrize(
    ("on", "allowed"), [("2026-11-10", False), ("2026-11-11", True), ("2027-01-01", True)]
)
def test_inside_the_lock_nothing_is_cancelled_or_changed(
    world: World, on: str, *, allowed: bool
) -> None:
    insured = insure()
    filing = put(insured, "long_term", on_promise=True)
    if allowed:
        assert put(insured, to=LIANGSHAN, on=on).state == "active"
        assert states(insured)["long_term>511700"] == "superseded"
        return
    acts: tuple[Callable[[], object], ...] = (
        lambda: cancel(filing_id=filing.pk, on=day(on), reason="回来了"),
        lambda: put(insured, to=LIANGSHAN, on=on),
        lambda: put(insured, "posted", on=on),
    )
    for act in acts:
        with pytest.raises(FilingRefused, match="2026年11月11日前不能变更或取消") as refused:
            act()
        assert refused.value.code == "locked"
    assert states(insured) == {"long_term>511700": "active"}


def test_a_new_filing_takes_the_place_of_the_old_one_from_that_day(world: World) -> None:
    insured = insure()
    old = filed(insured)
    new = put(insured, to=LIANGSHAN)
    old.refresh_from_db()
    assert (old.state, old.ended_on, new.valid_from) == (
        "superseded", day("2026-05-11"), day("2026-05-11"),
    )  # fmt: skip
    assert old.end_reason == "已另行备案到凉山彝族自治州"


def test_nobody_loses_a_filing_elsewhere_without_having_agreed(world: World) -> None:
    insured = insure()
    filed(insured)
    with pytest.raises(FilingRefused, match="请同意由新备案取代原备案"):
        put(insured, to=LIANGSHAN, may_replace=False)
    assert states(insured) == {"long_term>511700": "active"}


def test_several_places_stand_beside_each_other_where_home_rules_allow_it(world: World) -> None:
    insured, book = insure(), Book({"filing.several_destinations": True})
    filed(insured)
    put(insured, to=LIANGSHAN, book=book, may_replace=False)
    assert states(insured) == {"long_term>511700": "active", "other_temporary>513400": "active"}


def test_who_settles_where_they_went_is_filed_anew_and_never_the_other_way(world: World) -> None:
    insured = insure()
    put(insured, "other_temporary")
    put(insured, "long_term", on="2026-06-01", may_replace=False)
    assert states(insured) == {
        "other_temporary>511700": "superseded",
        "long_term>511700": "active",
    }
    for kind in ("long_term", "referral", "other_temporary"):
        with pytest.raises(
            FilingRefused, match="已经备案：异地长期居住，备案地达州市，自2026年6月1日起长期有效"
        ):
            put(insured, kind, on="2026-07-01")  # fmt: skip


def test_a_temporary_filing_is_renewed_before_it_runs_out(world: World) -> None:
    insured = insure()
    put(insured, on="2026-05-11")
    assert put(insured, on="2026-11-01").valid_to == day("2027-05-01")


def test_one_that_ran_out_unswept_is_in_nobodys_way(world: World) -> None:
    insured = insure()
    old = filed(insured, "referral", locked_until=None)
    put(insured, on="2026-08-01")
    old.refresh_from_db()
    assert (old.state, old.ended_on) == ("expired", day("2026-07-11"))
    assert put(insured, to=LIANGSHAN, on="2027-03-01", may_replace=False).state == "active"


def test_the_place_of_an_open_stay_is_neither_cancelled_nor_left(
    world: World, in_hospital: set[tuple[int, str]]
) -> None:
    insured = insure()
    filing = filed(insured, "referral")
    in_hospital.add((insured.pk, DAZHOU))
    acts: tuple[Callable[[], object], ...] = (
        lambda: cancel(filing_id=filing.pk, on=day("2026-05-11"), reason="回来了"),
        lambda: put(insured, to=LIANGSHAN),
    )
    for act in acts:
        with pytest.raises(FilingRefused, match="在达州市有尚未结算的住院") as refused:
            act()
        assert refused.value.code == "admission_open"
    # Filing better for the same place is what somebody in hospital should do.
    assert put(insured, "long_term").state == "active"
    in_hospital.clear()
    assert put(insured, to=LIANGSHAN, on="2026-06-01").state == "active"


def test_home_a_freeze_and_ended_cover_are_refused_in_a_sentence(world: World) -> None:
    insured = insure()
    with pytest.raises(FilingRefused, match="在参保地就医不用备案"):
        put(insured, to="500103")
    Freeze.objects.create(insured=insured, from_on=day("2026-05-01"), reason="单位欠费")
    with pytest.raises(FilingRefused, match="单位欠费") as refused:
        put(insured)
    assert refused.value.code == "frozen"
    gone = insure(id_number="500101199001010016", valid_to=day("2026-01-01"))
    with pytest.raises(FilingRefused, match="已于2026年1月1日终止"):
        put(gone)
    assert Filing.objects.count() == 0


def test_a_case_files_once_however_often_it_says_so(world: World) -> None:
    insured = insure()
    assert put(insured, case_key="C1") == put(insured, case_key="C1")
    assert Filing.objects.count() == 1


def test_a_filing_is_cancelled_once(world: World) -> None:
    filing = filed(insure(), "referral")
    ended = cancel(filing_id=filing.pk, on=day("2026-05-11"), reason="提前回来")
    assert (ended.state, ended.ended_on, ended.end_reason) == (
        "cancelled", day("2026-05-11"), "提前回来",
    )  # fmt: skip
    with pytest.raises(FilingRefused, match="已经不在有效状态"):
        cancel(filing_id=filing.pk, on=day("2026-05-12"), reason="再来一次")


def test_the_sweep_ends_each_filing_on_its_own_day_and_twice_changes_nothing(world: World) -> None:
    insured, leaving = insure(), insure(id_number="500101199001010016", valid_to=day("2026-07-05"))
    short, long = filed(insured, "referral"), filed(leaving)
    other = filed(insured, "long_term", LIANGSHAN)
    assert expire_due(on=day("2026-07-04")) == expire_due(on=day("2026-07-04"))
    assert {row.state for row in Filing.objects.all()} == {"active"}
    swept = expire_due(on=day("2026-07-05"))
    assert (swept.expired, swept.voided) == (0, 1)
    swept = expire_due(on=day("2026-07-10"))
    assert (swept.expired, swept.voided) == (0, 0)
    swept = expire_due(on=day("2026-09-01"))
    assert (swept.expired, swept.voided) == (1, 0)
    for row in (short, long, other):
        row.refresh_from_db()
    assert (short.state, short.ended_on) == ("expired", day("2026-07-11"))
    assert (long.state, long.ended_on, long.end_reason) == (
        "void",
        day("2026-07-05"),
        "参保关系终止",
    )
    assert other.state == "active"


def test_a_change_of_the_relation_voids_what_is_active(world: World) -> None:
    insured = insure()
    filed(insured, "referral", state="expired", ended_on=day("2026-07-11"))
    filed(insured, "long_term", LIANGSHAN)
    ended = void(insured_id=insured.pk, on=day("2026-08-01"), reason="参保关系转出到达州市")
    assert [(row.kind, row.state) for row in ended] == [("long_term", "void")]
    assert states(insured)["referral>511700"] == "expired"


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [("2026-08-31", 6, "2027-02-28"), ("2026-01-01", 12, "2027-01-01"), ("2027-08-30", 6, "2028-02-29")],
)  # fmt: skip
def test_months_end_where_the_month_ends(start: str, months: int, end: str) -> None:
    assert months_after(day(start), months) == day(end)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_two_filings_at_once_end_with_one_place(guarded: bool) -> None:
    """Without the person's row held, each sees nobody else and both stay."""
    build_world()
    insured, meet = insure(), threading.Barrier(2, timeout=5)
    real = readers.standing_filings
    unguarded = patch.object(
        registering, "hold", lambda pk: Insured.objects.select_related("pool").get(pk=pk)
    )

    def looked(insured: Insured, *, on: dt.date) -> list[Filing]:
        found = real(insured, on=on)
        if not guarded:
            meet.wait()
        return found

    def file(to: str) -> None:
        try:
            put(insured, to=to)
        finally:
            connection.close()

    with (
        nullcontext() if guarded else unguarded,
        patch.object(registering, "standing_filings", looked),
    ):
        threads = [threading.Thread(target=file, args=(to,)) for to in (DAZHOU, LIANGSHAN)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    active = Filing.objects.filter(insured=insured, state="active").count()
    assert active == (1 if guarded else 2)
    assert Filing.objects.filter(insured=insured).count() == 2


def test_the_database_itself_keeps_one_filing_a_place(world: World) -> None:
    insured = insure()
    filed(insured)
    with pytest.raises(IntegrityError, match="filing_one_active_per_place"):
        filed(insured, "referral")


def test_the_nightly_command_says_what_it_ended(world: World) -> None:
    filed(insure(), "referral")
    said = [StringIO(), StringIO()]
    for out in said:
        call_command("expire_filings", stdout=out)
    assert [out.getvalue().strip() for out in said] == ["1 expired, 0 void", "0 expired, 0 void"]


def test_what_was_deemed_for_a_visit_ends_with_it(world: World) -> None:
    insured = insure()
    hospital = Institution.objects.create(
        code="H1", name="示范医院", level="tier_3", region_id="511702"
    )
    visit = Visit.objects.create(
        mdtrt_id="V1", insured=insured, institution=hospital, kind="inpatient",
        began_on=day("2026-05-01"), is_admitted=True, filing_code="emergency",
    )  # fmt: skip
    deemed = deem_filed(
        insured=insured, destination="511702", visit_key="V1", on=day("2026-05-01"),
        at=at("2026-05-01 03:00"),
    )  # fmt: skip
    assert expire_due(on=day("2027-05-11")).expired == 0
    visit.is_admitted, visit.ended_on = False, day("2026-05-11")
    visit.save()
    assert [expire_due(on=day(on)).expired for on in ("2026-05-11", "2026-05-12", "2026-05-12")] == [
        0, 1, 0,
    ]  # fmt: skip
    deemed.refresh_from_db()
    assert (deemed.state, deemed.ended_on) == ("expired", day("2026-05-12"))


def test_a_filing_written_for_an_earlier_day_sees_the_later_one(world: World) -> None:
    """A review that ends late, and a demonstration that is played in several processes."""
    insured = insure()
    put(insured, on="2026-05-20")
    put(insured, "referral", on="2026-05-11")
    assert states(insured) == {
        "other_temporary>511700": "superseded",
        "referral>511700": "active",
    }
