"""Whom to call where a rule is not certain: the national line and both places' agencies."""

from __future__ import annotations

from datetime import date
from typing import Final

from tongban.offices.directory import office_for
from tongban.offices.models import Office, Region

# 全国医疗保障服务热线.
NATIONAL_LINE: Final = "12393"
AGENCY: Final = "medical_insurance"


def agency_of(place: str, on: date) -> Office | None:
    """The 医保 agency of a 统筹区: the city's, in 重庆 the municipality's. One statement."""
    return office_for(kind=AGENCY, region=place, level=Region.Level.CITY, on=on)


def whom_to_call(home: str, place: str, on: date) -> str:
    """'拨打 12393，或致电 参保地…、就医地…'. A statement for each of the two places."""
    called = []
    for words, code in (("参保地", home), ("就医地", place)):
        office = agency_of(code, on)
        if office is not None and not (words == "就医地" and place == home):
            phone = office.phone or "电话未公布"
            called.append(f"{words}{office.name}（{phone}）")
    return f"拨打{NATIONAL_LINE}" + (f"，或致电{'、'.join(called)}" if called else "")
