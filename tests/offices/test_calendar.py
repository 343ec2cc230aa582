"""Which days are worked, in which region, and how sure that is."""

from datetime import date, timedelta
from itertools import islice
from time import monotonic

import holidays
import pytest
from pytest_django import DjangoAssertNumQueries

from tongban.offices.calendar import calendar_for, forget_calendars, unannounced_year
from tongban.offices.models import CalendarDay, CalendarVersion

from .conftest import NOW

WANZHOU, TONGCHUAN, XICHANG, LIANGSHAN = "500101", "511702", "513401", "513400"


def each_day(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


@pytest.mark.usefixtures("days")
class TestTheNation:
    def test_the_national_day_week_of_2026_is_paid_for_by_two_weekends(self) -> None:
        worked = calendar_for(WANZHOU)
        off = each_day(date(2026, 10, 1), date(2026, 10, 7))
        assert [worked.is_working(day) for day in off] == [False] * 7
        assert {worked.name_of(day) for day in off} == {"国庆节"}
        for make_up in (date(2026, 9, 20), date(2026, 10, 10)):
            assert make_up.weekday() >= 5
            assert worked.is_working(make_up)
            assert worked.name_of(make_up) == "调休上班"
        assert worked.is_working(date(2026, 10, 8))

    def test_ordinary_days_are_called_by_their_weekday(self) -> None:
        worked = calendar_for(TONGCHUAN)
        assert worked.name_of(date(2026, 11, 21)) == "周六"
        assert worked.name_of(date(2026, 11, 22)) == "周日"
        assert worked.name_of(date(2026, 11, 23)) == "周一"

    def test_holidays_have_chinese_names(self) -> None:
        names = set(CalendarDay.objects.filter(region=None).values_list("name", flat=True))
        assert names == {
            *("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"),
            "国庆节、中秋节",
        }

    @pytest.mark.parametrize("year", range(2020, 2029))
    def test_every_day_agrees_with_an_independent_calendar(self, year: int) -> None:
        # 2027 and 2028 too: both place the days off of law article 6 on the next working days.
        oracle, worked = holidays.country_holidays("CN", years=year), calendar_for(WANZHOU)
        differing = [
            day
            for day in each_day(date(year, 1, 1), date(year, 12, 31))
            if worked.is_working(day) != oracle.is_working_day(day)
        ]
        assert differing == []

    def test_announced_years_are_sure_and_later_ones_provisional(self) -> None:
        worked = calendar_for(WANZHOU)
        assert not worked.is_provisional(date(2026, 12, 31))
        assert worked.is_provisional(date(2027, 1, 1))
        assert worked.is_provisional(date(2027, 6, 8))
        assert worked.is_provisional(date(2031, 6, 9))

    def test_2027_has_its_statutory_days_until_the_council_speaks(self) -> None:
        worked = calendar_for(WANZHOU)
        eve_to_third = each_day(date(2027, 2, 5), date(2027, 2, 8))
        assert [worked.name_of(day) for day in eve_to_third] == ["春节"] * 4
        assert not worked.is_working(date(2027, 6, 9))
        assert worked.is_working(date(2027, 10, 8))

    def test_beyond_the_known_years_weekdays_are_worked(self) -> None:
        worked = calendar_for(WANZHOU)
        assert worked.is_working(date(2031, 10, 1))
        assert not worked.is_working(date(2031, 10, 4))

    def test_working_days_run_on_from_a_day_that_is_one(self) -> None:
        worked = calendar_for(WANZHOU)
        assert list(islice(worked.working_days_from(date(2026, 9, 30)), 4)) == [
            date(2026, 9, 30),
            date(2026, 10, 8),
            date(2026, 10, 9),
            date(2026, 10, 10),
        ]
        assert next(worked.working_days_from(date(2026, 10, 1))) == date(2026, 10, 8)

    def test_from_december_somebody_must_import_the_next_year(self) -> None:
        assert unannounced_year(date(2026, 11, 30)) is None
        assert unannounced_year(date(2026, 12, 1)) == 2027
        assert unannounced_year(date(2027, 3, 1)) == 2027


@pytest.mark.usefixtures("days")
class TestTheRegions:
    def test_xichang_keeps_the_yi_new_year_and_tongchuan_works(self) -> None:
        friday = date(2026, 11, 20)
        assert calendar_for(TONGCHUAN).is_working(friday)
        for region in (LIANGSHAN, XICHANG, "513401901"):
            assert not calendar_for(region).is_working(friday)
            assert calendar_for(region).name_of(friday) == "彝族年"

    def test_the_torch_festival_of_2026_is_known_only_by_rule(self) -> None:
        xichang = calendar_for(XICHANG)
        festival = date(2026, 8, 6)
        assert not xichang.is_working(festival)
        assert xichang.is_provisional(festival)
        assert not calendar_for(TONGCHUAN).is_provisional(festival)

    def test_days_near_an_unannounced_festival_are_provisional_and_others_are_not(self) -> None:
        xichang = calendar_for(XICHANG)
        assert xichang.is_provisional(date(2026, 11, 28))
        assert xichang.is_provisional(date(2026, 11, 15))
        assert not xichang.is_provisional(date(2026, 12, 8))
        assert not xichang.is_provisional(date(2026, 6, 1))

    def test_an_announced_festival_is_paid_for_by_weekends_of_the_region_alone(self) -> None:
        """凉府办函〔2023〕112号: 2024-11-20 to 26 off, 11-17 and 11-30 worked."""
        xichang, tongchuan = calendar_for(XICHANG), calendar_for(TONGCHUAN)
        week = each_day(date(2024, 11, 20), date(2024, 11, 26))
        assert [xichang.is_working(day) for day in week] == [False] * 7
        for make_up in (date(2024, 11, 17), date(2024, 11, 30)):
            assert xichang.is_working(make_up)
            assert xichang.name_of(make_up) == "调休上班"
            assert not tongchuan.is_working(make_up)
        assert not xichang.is_provisional(date(2024, 11, 20))

    def test_a_region_can_rest_on_a_day_that_the_nation_works_in_lieu(self) -> None:
        """2023-10-07 was a make-up Saturday for the nation and 州庆 in 凉山."""
        day = date(2023, 10, 7)
        assert calendar_for(TONGCHUAN).name_of(day) == "调休上班"
        assert calendar_for(XICHANG).name_of(day) == "州庆"
        assert not calendar_for(XICHANG).is_working(day)

    def test_the_county_speaks_before_the_prefecture_and_that_before_the_nation(self) -> None:
        day = date(2026, 7, 1)
        row = {"day": day, "source": "构造", "announced": True}
        CalendarDay.objects.create(
            region_id=LIANGSHAN, kind="holiday", is_working=False, name="州节", **row
        )
        CalendarDay.objects.create(
            region_id=XICHANG, kind="make_up", is_working=True, name="市节", **row
        )
        assert calendar_for(XICHANG).is_working(day)
        assert not calendar_for(LIANGSHAN).is_working(day)
        assert not calendar_for("513437").is_working(day)
        assert calendar_for(TONGCHUAN).is_working(day)


@pytest.mark.usefixtures("days")
class TestTheMemory:
    def test_a_warm_calendar_costs_no_statement(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        calendar_for(WANZHOU)
        with django_assert_num_queries(0):
            for region in (WANZHOU, XICHANG, TONGCHUAN, "511702902"):
                calendar_for(region).is_working(date(2026, 10, 1))

    def test_the_same_version_gives_the_same_object_and_regions_share_their_days(self) -> None:
        assert calendar_for(WANZHOU) is calendar_for(WANZHOU)
        assert hash(calendar_for(WANZHOU)) == hash(calendar_for(WANZHOU))
        assert calendar_for(WANZHOU).days is calendar_for(TONGCHUAN).days

    def test_after_a_minute_the_version_is_asked_for_and_nothing_else(
        self,
        monkeypatch: pytest.MonkeyPatch,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        before = calendar_for(WANZHOU)
        later = monotonic() + 61
        monkeypatch.setattr("tongban.offices.calendar.monotonic", lambda: later)
        with django_assert_num_queries(1):
            assert calendar_for(WANZHOU) is before
        with django_assert_num_queries(0):
            calendar_for(WANZHOU)

    def test_after_a_minute_a_new_version_is_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        day = date(2026, 11, 25)
        assert calendar_for(WANZHOU).is_working(day)
        CalendarDay.objects.create(
            day=day, kind="holiday", is_working=False, name="临时", source="构造", announced=True
        )
        CalendarVersion.objects.create(number=99, source="构造", imported_at=NOW)
        assert calendar_for(WANZHOU).is_working(day)
        later = monotonic() + 61
        monkeypatch.setattr("tongban.offices.calendar.monotonic", lambda: later)
        assert not calendar_for(WANZHOU).is_working(day)
        assert calendar_for(WANZHOU).version == 99


@pytest.mark.django_db
def test_without_any_days_weekdays_are_worked_and_all_is_provisional() -> None:
    forget_calendars()
    worked = calendar_for(WANZHOU)
    assert (worked.version, worked.region) == (0, WANZHOU)
    assert worked.is_working(date(2026, 10, 1))
    assert worked.is_provisional(date(2026, 10, 1))
