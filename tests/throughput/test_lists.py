"""The lists behind the numbers: whole, in order, page by page, and only what one may open."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import Any

import pytest

from tests import journeys
from tests.throughput.conftest import SignedIn, numbers_on, text_of, total_of
from tests.throughput.days import NOON, moment
from tests.world import SUBSIDY, World, at
from workflows.cases.models import Case
from workflows.throughput import behind
from workflows.throughput.counting import count_today
from workflows.throughput.csv_files import harmless

LIST = "/throughput/cases/"
TODAY = "2026-09-22 09:00"


def next_of(page: Any) -> str | None:
    match = re.search(r'rel="next"[^>]*href="([^"]+)"', page.content.decode())
    return match[1].replace("&amp;", "&") if match else None


@pytest.mark.parametrize("measure", ["received", "in_hand"])
def test_page_by_page_every_case_comes_once(
    world: World, looking: SignedIn, monkeypatch: pytest.MonkeyPatch, measure: str
) -> None:
    monkeypatch.setattr(behind, "PAGE_SIZE", 2)
    cases = [world.open(at=at(TODAY)) for _ in range(7)]
    # Two are due at the same moment, one later, the others have no due moment.
    for nth, hours in enumerate([1, 1, 3]):
        due_at = NOON + dt.timedelta(hours=hours)
        Case.objects.filter(pk=cases[nth].pk).update(due_at=due_at)
    client = looking("supervisor_cq")
    seen, path, pages = [], f"{LIST}?measure={measure}", 0
    while path:
        page = client.get(path)
        seen += numbers_on(page)
        path, pages = next_of(page) or "", pages + 1
    assert pages == 4
    assert sorted(seen) == sorted(case.number for case in cases)
    if measure == "in_hand":
        assert seen[:3] == [case.number for case in cases[:3]]
    else:
        assert seen == [case.number for case in reversed(cases)]


def test_the_latest_stands_first_with_what_became_of_it(world: World, looking: SignedIn) -> None:
    first = journeys.completed(world, when="2026-09-18 09:00").case
    second = journeys.begin(world, when=TODAY).take("withdraw", "citizen", reason="不办了").case
    page = looking("supervisor_sc").get(f"{LIST}?measure=concluded")
    assert numbers_on(page) == [second.number, first.number]
    text = text_of(page)
    assert "准予 · 0 个工作日" in text
    assert "撤回" in text
    assert "林*梅" in text
    assert "林晓梅" not in text


def test_cases_inside_the_other_province_are_counted_but_not_shown(
    world: World, looking: SignedIn
) -> None:
    world.open(SUBSIDY, at=at(TODAY), origin_region="511703")
    crossing = world.open(SUBSIDY, at=at(TODAY))
    cq = looking("supervisor_cq").get(f"{LIST}?measure=received")
    assert total_of(cq) == 2
    assert numbers_on(cq) == [crossing.number]
    assert "有 1 件的收件地和办理地都在另一省市" in text_of(cq)
    sc = looking("supervisor_sc").get(f"{LIST}?measure=received")
    assert len(numbers_on(sc)) == total_of(sc) == 2
    assert "只计入数量" not in text_of(sc)


def test_a_list_reaches_exactly_from_midnight_to_midnight(world: World, looking: SignedIn) -> None:
    moments = ["2026-09-20 23:59:59", "2026-09-21 00:00:00", "2026-09-21 23:59:59",
               "2026-09-22 00:00:00"]  # fmt: skip
    cases = [world.open(at=moment(when)) for when in moments]
    page = looking("supervisor_cq").get(
        f"{LIST}?measure=received&since=2026-09-21&until=2026-09-21"
    )
    assert numbers_on(page) == [cases[2].number, cases[1].number]


def test_an_office_and_a_matter_together_are_found_too(world: World, looking: SignedIn) -> None:
    """No day table knows office × matter; the list does."""
    case = world.open(at=at(TODAY))
    world.open("孤儿救助资格认定", at=at(TODAY))
    window = world.office("500101", "service_center").pk
    page = looking("supervisor_cq").get(
        f"{LIST}?measure=received&office={window}&matter={case.matter_id}"
    )
    assert numbers_on(page) == [case.number]
    assert "只看 万州区政务服务中心" in text_of(page)


def test_how_many_there_are_comes_from_the_day_tables_while_they_are_fresh(
    world: World, looking: SignedIn
) -> None:
    """So the list's number is the card's, to the case; when counting stands still, the events say it."""
    world.open(at=at(TODAY))
    count_today(NOON)
    world.open(at=at(TODAY))
    client = looking("supervisor_cq")
    window = world.office("500101", "service_center").pk
    lists = [f"{LIST}?measure=received", f"{LIST}?measure=received&office={window}"]
    assert [total_of(client.get(path)) for path in lists] == [1, 1]
    count_today(NOON - dt.timedelta(hours=1))
    world.open(at=at(TODAY))
    assert [total_of(client.get(path)) for path in lists] == [3, 3]


@pytest.mark.parametrize(
    "query",
    ["", "measure=nonsense", "measure=stay&flow=../x&state=%00", "measure=received&after=x~y",
     "measure=received&after=none~99999999999999999999", "measure=in_hand&after=none~5"],
)  # fmt: skip
def test_a_mangled_address_shows_a_list_and_no_fault(
    world: World, looking: SignedIn, query: str
) -> None:
    assert looking("supervisor_cq").get(f"{LIST}?{query}").status_code == 200


def test_an_empty_list_says_what_to_do_next(world: World, looking: SignedIn) -> None:
    page = looking("supervisor_cq").get(f"{LIST}?measure=granted")
    assert "没有这样的办件" in text_of(page)
    assert "回到办件数据" in text_of(page)


def rows_of(response: Any) -> list[list[str]]:
    text = response.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_the_file_of_a_list_holds_what_the_list_shows(world: World, looking: SignedIn) -> None:
    case = journeys.completed(world, when=TODAY).case
    response = looking("supervisor_cq").get(f"{LIST}?measure=concluded&format=csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert ".csv" in response["Content-Disposition"]
    header, line = rows_of(response)
    named = dict(zip(header, line, strict=True))
    # The tab keeps a spreadsheet from rounding the number.
    assert named["办件编号"] == f"\t{case.number}"
    assert (named["申请人"], named["说明"]) == ("林*梅", "准予 · 0 个工作日")


def test_the_file_of_a_table_says_of_when_it_is(world: World, looking: SignedIn) -> None:
    world.open(at=at(TODAY))
    count_today(NOON)
    client = looking("supervisor_cq")
    header, *lines = rows_of(client.get("/throughput/tables/directions/?period=7&format=csv"))
    first = dict(zip(header, lines[0], strict=True))
    assert first["方向"] == "渝→川（重庆收件，四川办理）"
    assert (first["今天收件"], first["统计期间"]) == ("1", "2026年9月16日至9月22日")
    assert first["数据截至"] == "2026-09-22 15:00:00"
    assert lines[-1][0] == "合计"


def test_a_name_that_is_a_formula_stays_a_name(world: World, looking: SignedIn) -> None:
    case = world.open(at=at(TODAY))
    Case.objects.filter(pk=case.pk).update(applicant_name="=HYPERLINK(1)")
    matter = case.matter
    matter.name = "@SUM(A1:A9)|cmd"
    matter.save()
    _, line = rows_of(looking("supervisor_cq").get(f"{LIST}?measure=received&format=csv"))
    assert not [cell for cell in line if cell.startswith(("=", "@", "+", "-"))]
    assert line[1] == "'@SUM(A1:A9)|cmd"


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("-1", "'-1"),
        ("  =1", "'  =1"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1", "'＝1"),
        ("张三", "张三"),
        ("渝→川", "渝→川"),
        (-5, -5),
        (0.5, 0.5),
        (None, ""),
    ],
)
def test_no_cell_is_a_formula(typed: object, written: object) -> None:
    assert harmless(typed) == written  # type: ignore[arg-type]
