"""The project's own calendar is loaded as often as one likes; what was imported stays."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction

from tongban.offices.calendar_loading import load_calendar
from tongban.offices.calendar_sources import all_days
from tongban.offices.models import CalendarDay, CalendarVersion

from .conftest import NOW


@pytest.mark.usefixtures("days")
def test_loading_again_changes_nothing() -> None:
    before = list(CalendarDay.objects.order_by("id").values_list())

    again = load_calendar(at=NOW)

    assert again.version is None
    assert list(CalendarDay.objects.order_by("id").values_list()) == before
    assert CalendarVersion.objects.count() == 1


@pytest.mark.usefixtures("days")
def test_what_somebody_changed_by_hand_is_put_right_as_a_new_version() -> None:
    CalendarDay.objects.filter(day="2026-10-01").delete()
    CalendarDay.objects.create(
        day="2026-10-13", kind="holiday", is_working=False, name="误", source="误", announced=True
    )
    changed = load_calendar(at=NOW)
    assert changed.version == 2
    assert [(str(m.day), m.is_working) for m in changed.moved] == [
        ("2026-10-01", False),
        ("2026-10-13", True),
    ]


@pytest.mark.django_db
def test_the_offices_must_be_loaded_first() -> None:
    with pytest.raises(CommandError, match="先运行 load_offices"):
        call_command("load_calendar")
    assert not CalendarDay.objects.exists()


def test_no_two_facts_speak_of_the_same_day_and_place() -> None:
    keys = [(fact.region, fact.day) for fact in all_days()]
    assert len(set(keys)) == len(keys)


def test_make_up_days_fall_on_weekends() -> None:
    assert [f for f in all_days() if f.is_working and f.day.weekday() < 5] == []


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize("region", [None, "513400"])
def test_a_day_is_said_once_for_the_nation_and_once_for_a_region(region: str | None) -> None:
    row = {"kind": "holiday", "is_working": False, "name": "重", "source": "", "announced": True}
    CalendarDay.objects.create(day="2026-07-01", region_id=region, **row)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(day="2026-07-01", region_id=region, **row)


@pytest.mark.usefixtures("days")
def test_a_day_off_cannot_be_a_working_day() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.filter(day="2026-10-01").update(is_working=True)
