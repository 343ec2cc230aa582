"""A few places of both provinces, loaded from the real data files, and their calendar."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tongban.offices.calendar import forget_calendars
from tongban.offices.calendar_loading import load_calendar
from tongban.offices.directory import forget_directory
from tongban.offices.loading import load_offices
from tongban.offices.planned_offices import Blueprint, blueprint

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
CITIES = {"510100", "511600", "511700", "513400"}
COUNTIES = {
    *("500101", "500105", "500109", "500112", "500229", "5001LJ"),
    *("510104", "511602", "511702", "511722", "513401"),
}


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    forget_calendars()
    forget_directory()
    yield
    forget_calendars()
    forget_directory()


@pytest.fixture(scope="session")
def whole_plan() -> Blueprint:
    """All regions and offices of the data files; nothing written."""
    return blueprint()


@pytest.fixture(scope="session")
def small_plan(whole_plan: Blueprint) -> Blueprint:
    """The same for eleven counties only, so that a test need not write five thousand offices."""
    chosen = {"500000", "510000", *CITIES, *COUNTIES}
    regions = {
        code: region
        for code, region in whole_plan.regions.items()
        if code in chosen or region.parent in COUNTIES
    }
    offices = [office for office in whole_plan.offices if office.region in regions]
    return replace(whole_plan, regions=regions, offices=offices)


@pytest.fixture
def places(db: None, small_plan: Blueprint) -> Blueprint:
    """The eleven counties with their offices, in the database."""
    load_offices(today=TODAY, plan=small_plan)
    return small_plan


@pytest.fixture
def days(places: Blueprint) -> None:
    """The calendar that the project brings along, in the database."""
    load_calendar(at=NOW)
