"""Dates, times and numbers as they are written here; instants are shown in Asia/Shanghai."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"

Day = dt.date | dt.datetime | None


def local(value: dt.date | dt.datetime) -> dt.date | dt.datetime:
    """An aware instant moved to Asia/Shanghai; a day, or a naive time, as it is."""
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(SHANGHAI)
    return value


@register.filter
def zh_date(value: Day) -> str:
    """2026年11月21日"""
    if not value:
        return ""
    day = local(value)
    return f"{day.year}年{day.month}月{day.day}日"


@register.filter
def zh_datetime(value: dt.datetime | None) -> str:
    """2026年11月21日 09:30"""
    return f"{zh_date(value)} {zh_time(value)}" if value else ""


@register.filter
def zh_short(value: Day) -> str:
    """11月21日 09:30, or 11月21日 for a day: for dense lists"""
    if not value:
        return ""
    day = local(value)
    text = f"{day.month}月{day.day}日"
    return f"{text} {day:%H:%M}" if isinstance(day, dt.datetime) else text


@register.filter
def zh_time(value: dt.datetime | None) -> str:
    """09:30"""
    return f"{local(value):%H:%M}" if value else ""


@register.filter
def zh_weekday(value: Day) -> str:
    """周六"""
    return f"周{WEEKDAYS[local(value).weekday()]}" if value else ""


@register.filter
def zh_number(value: int | Decimal | float | None) -> str:
    """12,345; a missing number is a dash"""
    return "—" if value is None else f"{value:,}"


@register.filter
def zh_percent(value: Decimal | float | None, digits: int = 1) -> str:
    """0.964 → 96.4%; a missing number is a dash"""
    return "—" if value is None else f"{value * 100:.{digits}f}%"


@register.filter
def zh_money(value: Decimal | None) -> str:
    """1,234.50元; a missing amount is a dash"""
    return "—" if value is None else f"{value:,.2f}元"


@register.simple_tag
def when(value: Day) -> SafeString:
    """A ``<time>`` element: 2026年11月21日 09:30 for an instant, 2026年11月21日 for a day."""
    if not value:
        return SafeString("")
    shown = zh_datetime(value) if isinstance(value, dt.datetime) else zh_date(value)
    return format_html('<time datetime="{}">{}</time>', local(value).isoformat(), shown)
