"""The operator's calendar: a year to look at, a notice tried before it is taken in, and what moved."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests import journeys
from tests.offices.test_notice_import import NOTICE
from tests.operator.test_version_pages import text_of
from tests.world import World, at
from tongban.offices.calendar import calendar_for, forget_calendars
from tongban.offices.calendar_loading import load_calendar
from tongban.offices.models import CalendarDay, CalendarVersion
from tongban.offices.notice_import import import_notice
from tongban.running.models import Slot
from workflows.cases.following_calendar import NAME, SETTLES, follow_calendar
from workflows.cases.models import Case, ClockDifference
from workflows.cases.recounting import rederive_some
from workflows.cases.tasks import check_clocks
from workflows.operator.calendar import pages
from workflows.operator.calendar.year import year_shown

IMPORT = "/operator/calendar/import/"
HERE = "/operator/calendar/"


@pytest.fixture(autouse=True)
def days(world: World) -> None:
    load_calendar(at=at("2026-11-21 10:00"))
    forget_calendars()


def over_new_year(world: World) -> Case:
    """At the window since 28 December: its three days would end on 31 December, a day off by the notice."""
    return journeys.collected(world, when="2026-12-28 09:00").case


def test_a_year_shows_its_days_off_its_make_up_days_and_what_is_provisional(
    at_work: Client,
) -> None:
    page = text_of(at_work.get(f"{HERE}?year=2026"))
    assert "按国务院公布的放假安排" in page
    assert "2026年10月10日（周六） 国庆节 调休上班 已公布" in page
    assert "暂定 国务院还没有公布" in text_of(at_work.get(f"{HERE}?year=2027"))
    october = year_shown(2026, "").months[9]
    cells = {cell.day.day: cell for week in october.weeks for cell in week if cell}
    assert [cells[day].mark for day in (1, 3, 8, 9, 10, 11)] == ["休", "休", "", "", "班", ""]
    assert all(c.is_provisional for w in year_shown(2027, "").months[5].weeks for c in w if c)
    assert "彝族年" in text_of(at_work.get(f"{HERE}?year=2026&region=513400"))
    assert at_work.get(f"{HERE}?year=x&region=y").status_code == 200


@pytest.mark.parametrize(("today", "rings"), [("2026-11-30", False), ("2026-12-01", True)])
def test_an_alarm_stands_from_december_where_operators_come_by(
    at_work: Client, monkeypatch: pytest.MonkeyPatch, today: str, rings: bool
) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: dt.date.fromisoformat(today))
    for page in (HERE, "/operator/"):
        assert ("2027年的工作日历还是暂定的" in text_of(at_work.get(page))) == rings


def test_a_notice_is_tried_on_the_real_clocks_before_it_is_taken_in(
    world: World, at_work: Client
) -> None:
    case = over_new_year(world)
    before = case.hop_due_at
    tried = text_of(at_work.post(IMPORT, {"text": NOTICE}))
    assert "有变动的日子（6 天）" in tried
    assert "2026年12月31日（周四） 上班 休息 元旦" in tried
    assert f"{case.number} 环节时限 2026年12月31日 2027年1月3日" in tried
    assert CalendarVersion.objects.count() == 1
    # Nobody else counted by the days on trial, and nothing was written.
    assert calendar_for("500101").is_working(dt.date(2026, 12, 31))
    assert Case.objects.get(pk=case.pk).hop_due_at == before

    done = at_work.post(IMPORT, {"text": NOTICE, "do": "import", "base": "1"}, follow=True)
    assert "已导入，成为日历第 2 版" in text_of(done)
    assert "正在重算在办件的时限" in text_of(done)
    assert CalendarVersion.objects.get(pk=2).imported_by == "运维员"
    forget_calendars()
    assert Case.objects.get(pk=case.pk).hop_due_at == before

    # Not before every process counts by the new days.
    imported_at = CalendarVersion.objects.get(pk=2).imported_at
    assert not follow_calendar(now=imported_at + SETTLES / 2)
    assert follow_calendar(now=imported_at + SETTLES)
    assert Case.objects.get(pk=case.pk).hop_due_at == at("2027-01-04 00:00")
    page = text_of(at_work.get(f"{HERE}2/"))
    assert "在办件都已重算" in page
    assert "环节时限 2026年12月31日 2027年1月3日 已重算" in page
    assert follow_calendar(now=imported_at + SETTLES)
    assert ClockDifference.objects.filter(calendar=2, clock="hop").count() == 1


def test_a_file_does_as_well_and_what_is_wrong_in_it_is_said(at_work: Client) -> None:
    def given(content: bytes) -> Any:
        return at_work.post(IMPORT, {"file": SimpleUploadedFile("2027.csv", content)})

    assert "有变动的日子（6 天）" in text_of(given(NOTICE.encode()))
    assert "2027-06-09 是法定节假日" in text_of(
        given(NOTICE.replace("2027-06-09,放假", "2027-06-10,放假").encode())
    )
    assert "不是 UTF-8 编码" in text_of(given(NOTICE.encode("gbk")))
    assert "请选择文件" in text_of(at_work.post(IMPORT, {}))
    assert CalendarDay.objects.filter(source__contains="构造").count() == 0


def test_a_calendar_that_changed_since_the_trial_is_tried_again(at_work: Client) -> None:
    answer = at_work.post(IMPORT, {"text": NOTICE, "do": "import", "base": "7"})
    assert "日历在您试算之后又有变动" in text_of(answer)
    assert CalendarVersion.objects.count() == 1


def test_a_trial_that_runs_out_of_time_says_so(
    world: World, at_work: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    over_new_year(world)
    monkeypatch.setattr(pages, "TRIAL_SECONDS", 0)
    assert "只试算了前 0 件" in text_of(at_work.post(IMPORT, {"text": NOTICE}))


def test_a_killed_derivation_goes_on_where_it_stopped(world: World) -> None:
    cases = [over_new_year(world) for _ in range(3)]
    import_notice(text=NOTICE, at=at("2026-11-21 10:00"))
    forget_calendars()
    found, reached = rederive_some(0, write=True, is_over=lambda: True)
    assert ([each.case_id for each in found], reached) == ([cases[0].pk], cases[0].pk)
    Slot.objects.create(name=NAME, slot="2", began_at=timezone.now(), cursor=reached)
    assert follow_calendar(now=timezone.now())
    dues = {Case.objects.get(pk=case.pk).hop_due_at for case in cases}
    assert dues == {at("2027-01-04 00:00")}
    assert all(case.events.filter(step="recount").count() == 1 for case in cases)


def test_what_the_night_finds_waits_for_a_press_and_is_mended_once(
    world: World, at_work: Client
) -> None:
    case = over_new_year(world)
    CalendarDay.objects.create(
        day=dt.date(2026, 12, 30), kind="holiday", is_working=False, name="临时", source="构造",
        announced=True,
    )  # fmt: skip
    forget_calendars()
    check_clocks()
    Slot.objects.all().delete()
    check_clocks()
    page = at_work.get(f"{HERE}differences/")
    rows = ClockDifference.objects.filter(settled_at=None)
    assert f"{case.number}" in text_of(page)
    assert "环节时限 2026年12月31日 2027年1月4日" in text_of(page)
    assert rows.filter(clock="hop").count() == 1
    assert "请先勾选" in text_of(at_work.post(f"{HERE}differences/", {}, follow=True))
    chosen = [str(row.pk) for row in rows]
    done = at_work.post(f"{HERE}differences/", {"row": chosen}, follow=True)
    assert "已重算 1 件" in text_of(done)
    assert "没有不同" in text_of(done)
    assert case.events.filter(step="recount").count() == 1
    again = at_work.post(f"{HERE}differences/", {"row": chosen}, follow=True)
    assert "已重算 0 件" in text_of(again)
    mended = ClockDifference.objects.get(case=case, clock="hop")
    assert (mended.settled, mended.settled_by) == ("recounted", "运维员")


def test_a_difference_that_a_step_has_put_right_is_settled_by_itself(world: World) -> None:
    case = over_new_year(world)
    ClockDifference.objects.create(
        case=case, clock="hop", calendar=1, is_provisional=False, found_at=timezone.now()
    )
    rederive_some(0, write=False)
    assert ClockDifference.objects.get().settled == "gone"
