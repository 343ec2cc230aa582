"""What fills the database before the site opens: commands in order, each safe to repeat."""

import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connections

from tongban.services.narration import phase, say
from tongban.services.places import Places
from tongban.services.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Phase:
    title: str
    command: str
    options: dict[str, object] = field(default_factory=dict)
    demonstration: bool = False
    unless_there: str = ""  # "app.Model": not played again once this table has rows


PHASES = (
    Phase("建立或更新数据表", "lay_tables"),
    Phase("载入行政区划与机构", "load_offices"),
    Phase("载入工作日历", "load_calendar"),
    Phase("载入事项清单", "load_catalogue"),
    Phase("载入数据资源目录", "load_resources"),
    Phase("核对数据共享责任清单", "list_responsibilities"),
    Phase("核对配置与事项", "check"),
    Phase("演示机构认领事项", "load_claims", {"all": True}, demonstration=True),
    Phase("准备各类演示人员", "load_people", demonstration=True),
    Phase("准备示范参保人员与定点医药机构", "load_medical", demonstration=True),
    Phase("准备示范公积金账户", "load_housing_fund", demonstration=True),
    Phase("准备电子证照登记", "load_certificates"),
    Phase("准备示范共享数据", "load_shared_data", demonstration=True),
    Phase(
        "演示 30 天的办件",
        "simulate",
        {"days": 30, "per_day": 20, "seed": 1},
        demonstration=True,
        unless_there="cases.Case",
    ),
    Phase(
        "演示共享数据核验",
        "play_shared_data",
        demonstration=True,
        unless_there="sharing.Record",
    ),
    Phase(
        "演示两省市医保月度清算",
        "play_clearing",
        demonstration=True,
        unless_there="medical.ClearingMonth",
    ),
    # Once, for the days that were played; from then on beat counts, also what it missed.
    Phase(
        "统计每日办件量",
        "count_days",
        {"days": 31},
        demonstration=True,
        unless_there="throughput.CountedDay",
    ),
)


def fill(places: Places) -> None:
    """Raises Trouble with the first line of what went wrong; the whole of it goes to the log."""
    for item in due():
        try:
            with phase(item.title):
                call_command(item.command, **item.options)
        except Exception as problem:  # noqa: BLE001 - whatever it was, the person gets one sentence
            log = places.logs / "up.log"
            log.write_text(traceback.format_exc(), "utf-8")
            first = (str(problem).strip().splitlines() or [type(problem).__name__])[0]
            raise Trouble(f"「{item.title}」没有成功：{first}（全文在 {log}）") from None
    connections.close_all()


def due() -> Iterator[Phase]:
    """The phases that this installation has and needs, each decided when its turn has come."""
    known = get_commands()
    for item in PHASES:
        if item.command not in known:
            say(f"▸ {item.title}：这一版没有 {item.command}，跳过")
        elif _is_wanted(item):
            yield item


def _is_wanted(item: Phase) -> bool:
    if item.demonstration and not settings.DEMONSTRATION:
        return False
    return not item.unless_there or not apps.get_model(item.unless_there).objects.exists()
