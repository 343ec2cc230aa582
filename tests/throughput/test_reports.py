"""情况通报 and 每周情况: what is given out of the published figures, and to whom."""

from __future__ import annotations

import io
import re
from typing import Any

import docx
import pikepdf
import pytest
import time_machine

from tests import journeys
from tests.throughput.conftest import SignedIn, row, text_of
from tests.throughput.test_rating_loop import FIXED, FOUND
from tests.world import World, at
from workflows.throughput import ranking
from workflows.throughput.counting import recount_last
from workflows.throughput.models import Published
from workflows.throughput.publishing import note_corrections, publish_due
from workflows.throughput.reports.models import Report

PAGE = "/throughput/bulletins/"
MONTH, WEEK = "month:2026-09-01", "week:2026-09-21"
INSIDE = "511703"


@pytest.fixture
def published(world: World) -> Any:
    """September of both provinces, given out on 5 October; one 差评 that was put right."""
    rated = journeys.completed(world, when="2026-09-21 09:00")
    rated.take("rate", "citizen", "2026-09-23 10:00", level="1", comment="慢")
    rated.take("verify_rating", "head_sc", **FOUND).take("fix_rating", "clerk_sc", **FIXED)
    journeys.begin(world, when="2026-09-22 09:00").take("turn_back", "clerk_cq", reason="缺证")
    journeys.begin(world, when="2026-09-24 09:00")
    world.open(at=at("2026-09-25 09:00"), origin_region=INSIDE)
    night("2026-10-05 02:30", days=16)
    with time_machine.travel(at("2026-10-05 15:00"), tick=False):
        yield


def night(when: str, days: int = 10) -> None:
    found = recount_last(days, now=at(when))
    note_corrections(found, at=found.finished_at)
    publish_due(now=at(when))


def make(looking: SignedIn, who: str, of: str) -> Report:
    page: Any = looking(who).post(PAGE, {"of": of}, follow=True)
    assert "已制作" in text_of(page)
    return Report.objects.latest("pk")


def words_of(pdf: bytes) -> str:
    """The text of a PDF, by the tables in which its fonts say which glyph is which character."""
    said = []
    with pikepdf.open(io.BytesIO(pdf)) as file:
        for page in file.pages:
            names = {str(n): _glyphs(font) for n, font in page.Resources.Font.items()}
            known: dict[bytes, str] = {}
            for instruction in pikepdf.parse_content_stream(page):
                operands: Any = instruction.operands
                operator = instruction.operator
                if str(operator) == "Tf":
                    known = names[str(operands[0])]
                shown = operands[0] if str(operator) == "TJ" else operands[:1]
                for piece in shown if str(operator) in ("Tj", "TJ") else ():
                    if isinstance(piece, pikepdf.String):
                        raw = bytes(piece)
                        said += [known.get(raw[i : i + 2], "") for i in range(0, len(raw), 2)]
    return "".join(said)


def _glyphs(font: Any) -> dict[bytes, str]:
    table = font.ToUnicode.read_bytes().decode()
    return {
        bytes.fromhex(glyph): bytes.fromhex(text).decode("utf-16-be")
        for glyph, text in re.findall(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>\n", table)
    }


def test_the_bulletin_holds_the_published_figures_of_both_provinces(
    published: None, looking: SignedIn
) -> None:
    report = make(looking, "supervisor_sc", MONTH)
    assert (report.number, report.in_detail) == ("川〔2026〕9号", "四川省")
    assert report.is_sealed
    answer: Any = looking("supervisor_sc").get(f"{PAGE}{report.pk}/")
    assert answer["Content-Type"] == "application/pdf"
    said = re.sub(r"\s", "", words_of(answer.content))
    page = looking("supervisor_sc").get("/throughput/?since=2026-09-01&until=2026-09-30")
    whole = row(page, "合计")
    received = next(v for k, v in whole.items() if k.endswith("：收件"))
    assert received == "4"
    assert f"两地收件{received}件" in said
    assert "渝→川3件、川→渝0件" in said
    assert "川〔2026〕9号" in said
    assert "固化的月度数字" in said
    assert "通川区民政局" in said
    loop = row(
        looking("supervisor_sc").get("/throughput/ratings/?since=2026-09-01&until=2026-09-30"),
        "通川区民政局",
    )
    assert (loop["差评"], loop["按期整改率"]) == ("1", "100.0%")
    (part,) = [p for p in report.content["parts"] if p["code"] == "rating_loop"]
    assert part["rows"] == [["通川区民政局", "1", "100.0%", "1", "100.0%", "0", "0", "—"]]
    assert "发布以后没有更正" in said


def test_the_other_province_stands_in_it_with_its_totals_only(
    published: None, looking: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "AT_LEAST", 1)
    cq, sc = make(looking, "supervisor_cq", MONTH), make(looking, "supervisor_sc", MONTH)
    ranked = {
        report.pk: next(p for p in report.content["parts"] if p["code"] == "ranking")
        for report in (cq, sc)
    }
    assert [r[1] for r in ranked[sc.pk]["rows"]] == ["通川区民政局"]
    assert "通川区民政局" not in str(ranked[cq.pk]) + words_of(bytes(cq.file))
    assert ranked[cq.pk]["feet"][-1][:2] == ["", "四川省各机构合计"]
    assert looking("supervisor_cq").get(f"{PAGE}{sc.pk}/").status_code == 404
    assert sc.number not in text_of(looking("supervisor_cq").get(PAGE))


def test_figures_that_did_not_change_make_no_new_edition(
    published: None, looking: SignedIn, world: World
) -> None:
    make(looking, "supervisor_cq", MONTH)
    again: Any = looking("supervisor_cq").post(PAGE, {"of": MONTH}, follow=True)
    assert "没有另作一版" in text_of(again)
    # What came late is told beside what was published, which stays.
    world.open(at=at("2026-09-29 20:00"))
    night("2026-10-06 02:30")
    with time_machine.travel(at("2026-10-06 15:00"), tick=False):
        second = make(looking, "supervisor_cq", MONTH)
    assert second.number == "渝〔2026〕9号（第2版）"
    said = re.sub(r"\s", "", words_of(bytes(second.file)))
    assert "两地收件4件" in said
    assert "收件0→1" in said


def test_the_weekly_report_opens_again_with_the_figures_of_the_page(
    published: None, looking: SignedIn
) -> None:
    report = make(looking, "supervisor_sc", WEEK)
    answer: Any = looking("supervisor_sc").get(f"{PAGE}{report.pk}/")
    document = docx.Document(io.BytesIO(answer.content))
    assert "川〔2026〕第39周" in [p.text for p in document.paragraphs]
    whole = [c.text for c in document.tables[0].rows[-1].cells]
    page = looking("supervisor_sc").get("/throughput/?since=2026-09-21&until=2026-09-27")
    today = row(page, "合计")
    on_page = [v for k, v in today.items() if k.endswith(("：收件", "：办结"))]
    assert [whole[1], whole[3]] == on_page == ["4", "2"]


def test_days_that_are_not_published_make_no_report(published: None, looking: SignedIn) -> None:
    page: Any = looking("supervisor_sc").post(PAGE, {"of": "month:2026-10-01"})
    assert page.status_code == 422
    assert "还没有固化" in text_of(page)
    Published.objects.all().delete()
    assert "还没有可以制作的月份或周" in text_of(looking("supervisor_sc").get(PAGE))
    assert not Report.objects.exists()


def test_a_file_that_is_no_longer_the_one_that_was_made_is_not_given_out(
    published: None, looking: SignedIn
) -> None:
    report = make(looking, "supervisor_sc", WEEK)
    Report.objects.update(file=b"another")
    answer: Any = looking("supervisor_sc").get(f"{PAGE}{report.pk}/")
    assert answer.status_code == 409
    assert looking("clerk_sc").get(PAGE).status_code == 404
