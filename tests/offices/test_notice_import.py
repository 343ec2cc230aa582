"""An operator imports the State Council's arrangement of a year, whole or not at all."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tongban.offices.calendar import calendar_for, forget_calendars, unannounced_year
from tongban.offices.calendar_change import Changed
from tongban.offices.calendar_loading import load_calendar
from tongban.offices.models import CalendarDay, CalendarVersion
from tongban.offices.notice_import import import_notice
from tongban.offices.tables import BadData

from .conftest import NOW

pytestmark = pytest.mark.usefixtures("days")
# Constructed: nobody has announced 2027 yet.
DAYS = """\
2026-12-31,调休放假,元旦
2027-01-01,放假,元旦
2027-01-03,调休上班,元旦
2027-02-05,放假,春节
2027-02-06,放假,春节
2027-02-07,放假,春节
2027-02-08,放假,春节
2027-02-09,调休放假,春节
2027-02-20,调休上班,春节
2027-04-05,放假,清明节
2027-05-01,放假,劳动节
2027-05-02,放假,劳动节
2027-05-03,放假,劳动节
2027-06-09,放假,端午节
2027-09-15,放假,中秋节
2027-10-01,放假,国庆节
2027-10-02,放假,国庆节
2027-10-03,放假,国庆节
2027-10-04,放假,国庆节
2027-10-05,放假,国庆节
2027-10-09,上班,国庆节
"""
HEAD = "# 来源: 国务院办公厅关于2027年部分节假日安排的通知(构造)\nday,kind,name\n"
NOTICE = HEAD + DAYS


def take_in(text: str) -> Changed:
    """Import, and look at the calendar as a process does that starts afterwards."""
    changed = import_notice(text=text, at=NOW)
    forget_calendars()
    return changed


def problems(text: str) -> list[str]:
    with pytest.raises(BadData) as bad:
        import_notice(text=text, at=NOW)
    return bad.value.problems


def test_the_provisional_days_of_the_year_give_way_and_the_moved_days_are_told() -> None:
    changed = take_in(NOTICE)

    assert changed.version == 2
    assert {(m.day.isoformat(), m.is_working) for m in changed.moved} == {
        ("2026-12-31", False),
        ("2027-01-03", True),
        ("2027-02-10", True),
        ("2027-02-20", True),
        ("2027-05-04", True),
        ("2027-10-09", True),
    }
    worked = calendar_for("500101")
    assert worked.version == 2
    assert not worked.is_provisional(date(2027, 2, 10))
    assert worked.is_provisional(date(2028, 1, 3))
    assert unannounced_year(date(2026, 12, 1)) is None
    version = CalendarVersion.objects.get(pk=2)
    assert (version.year, version.region, version.moved) == (2027, None, 6)
    assert "2027年" in version.source


def test_the_same_notice_again_changes_nothing() -> None:
    take_in(NOTICE)
    assert take_in(NOTICE) == Changed(None)
    assert CalendarVersion.objects.count() == 2


def test_loading_the_calendar_afterwards_leaves_the_notice_alone() -> None:
    take_in(NOTICE)
    assert load_calendar(at=NOW).version is None


def test_a_corrected_notice_replaces_the_first_one_also_in_the_december_before() -> None:
    take_in(NOTICE)
    corrected = NOTICE.replace("2026-12-31,调休放假,元旦\n", "").replace("(构造)", "(更正)")

    changed = take_in(corrected)

    assert [(str(m.day), m.is_working) for m in changed.moved] == [("2026-12-31", True)]
    assert load_calendar(at=NOW).version is None


def test_one_bad_row_changes_nothing_and_every_bad_row_is_named() -> None:
    before = list(CalendarDay.objects.order_by("id").values_list())
    bad = NOTICE + "2027-13-01,放假,国庆节\n2027-11-02,休息,国庆节\n2027-10-09,上班,国庆节\n,,\n"
    assert problems(bad) == [
        "第24行:日期应写成 2027-01-01 的样子,不是「2027-13-01」",
        "第25行:类别只能是 放假、调休放假、调休上班,不是「休息」",
        "第26行:2027-10-09 重复",
    ]
    assert list(CalendarDay.objects.order_by("id").values_list()) == before
    assert CalendarVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("day,kind,name\n" + DAYS, "没有写来源"),
        (HEAD, "没有读到任何一天"),
        ("# 来源: 甲\n日期,类别\n" + DAYS, "没有列名"),
        (NOTICE.replace("2027-06-09,放假,端午节\n", ""), "缺少节日:端午"),
        (NOTICE.replace("2027-06-09,放假", "2027-06-10,放假"), "2027-06-09 是法定节假日"),
        (NOTICE.replace("2027-05-02,放假,劳动节\n", ""), "2027-05-02 是法定节假日"),
        (NOTICE + "2026-05-01,放假,劳动节\n", "2026-05-01 不在 2027 年"),
        (NOTICE + "2027-10-11,上班,国庆节\n", "本来就是工作日"),
        (NOTICE + "2027-10-16,上班,\n", "节日名称不能空"),
        (NOTICE + f"2027-10-16,上班,{'长' * 33}\n", "不能超过 32 个字"),
        ("# 地区: 440100\n" + NOTICE, "不在重庆、四川"),
        ("# 地区: 513499\n" + NOTICE, "没有区划 513499"),
        ("", "没有写来源"),
        ("\x00\x01", "没有写来源"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(text: str, problem: str) -> None:
    assert any(problem in said for said in problems(text))


def test_a_spreadsheets_empty_cells_and_mark_are_no_matter() -> None:
    text = "\ufeff" + NOTICE.replace("\n", ",,\n").replace("\n", "\r\n")
    assert take_in(text).version == 2


def test_liangshan_announces_its_own_days_with_make_up_weekends() -> None:
    text = (
        "# 来源: 凉山州2026年安排(构造)\n# 地区: 513400\nday,kind,name\n"
        "2026-11-20,放假,彝族年\n2026-11-21,放假,彝族年\n2026-11-22,放假,彝族年\n"
        "2026-11-23,调休放假,彝族年\n2026-11-24,调休放假,彝族年\n"
        "2026-11-28,上班,彝族年\n2026-11-29,上班,彝族年\n"
    )
    changed = take_in(text)

    assert {m.region for m in changed.moved} == {"513400"}
    # 火把节, 州庆 and 民族团结进步节 were known by rule only: the announcement does not name them.
    assert [(str(m.day), m.is_working) for m in changed.moved] == [
        ("2026-08-05", True),
        ("2026-08-06", True),
        ("2026-08-07", True),
        ("2026-10-08", True),
        ("2026-11-23", False),
        ("2026-11-24", False),
        ("2026-11-28", True),
        ("2026-11-29", True),
    ]
    xichang = calendar_for("513401")
    assert xichang.is_working(date(2026, 11, 28))
    assert not xichang.is_provisional(date(2026, 11, 28))
    assert calendar_for("511702").is_working(date(2026, 11, 24))
    assert load_calendar(at=NOW).version is None


def test_the_command_prints_the_days_that_moved(tmp_path: Path) -> None:
    file, said = tmp_path / "2027.csv", StringIO()
    file.write_text(NOTICE, "utf-8")

    call_command("import_holiday_notice", str(file), stdout=said)

    assert "日历第 2 版，6 天有变动" in said.getvalue()
    assert "2027-02-20 周六 改为上班（调休上班）" in said.getvalue()
    assert "2026-12-31 周四 改为放假（元旦）" in said.getvalue()


def test_the_command_says_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="读不了"):
        call_command("import_holiday_notice", str(tmp_path / "none.csv"))
    gbk = tmp_path / "gbk.csv"
    gbk.write_bytes(NOTICE.encode("gbk"))
    with pytest.raises(CommandError, match="不是 UTF-8"):
        call_command("import_holiday_notice", str(gbk))
    bad = tmp_path / "bad.csv"
    bad.write_text(NOTICE + "2027-10-11,上班,国庆节\n", "utf-8")
    with pytest.raises(CommandError, match="什么也没有改"):
        call_command("import_holiday_notice", str(bad))
    assert CalendarVersion.objects.count() == 1
