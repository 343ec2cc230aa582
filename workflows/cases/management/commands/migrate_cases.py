from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError
from pydantic import ValidationError
from tqdm import tqdm

from matters.catalogue.models import MatterVersion
from tongban.accounts.actors import SYSTEM
from workflows.cases.models import MovedCase, Moving
from workflows.cases.move_fit import Fit, Road
from workflows.cases.move_plan import MovePlan, problems_of_plan
from workflows.cases.moving import (
    BATCH,
    NotMoved,
    begin_moving,
    carry_on,
    day_words,
    dry_run,
    revert,
    running,
    waiting_count,
)


class Command(BaseCommand):
    help = "Move a matter's running cases from one version to another; --dry-run tries it on every case."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("matter", help="事项的地址（slug）")
        parser.add_argument("--from", type=int, required=True, dest="old", help="原版本号")
        parser.add_argument("--to", type=int, required=True, dest="new", help="新版本号")
        parser.add_argument("--map", type=Path, help="对照表（YAML）；省略表示都不变")
        parser.add_argument("--dry-run", action="store_true", help="只逐件试算，不写入")
        parser.add_argument(
            "--revert", action="store_true", help="恢复最近一次搬迁中未再办理的办件"
        )
        parser.add_argument("--case", action="append", default=[], help="只恢复这些编号；可多次")

    def handle(self, *args: Any, **options: Any) -> None:
        old, new = (self._version(options["matter"], options[key]) for key in ("old", "new"))
        if options["revert"]:
            self._revert(old, new, options["case"])
            return
        plan = self._plan(options["map"])
        if problems := problems_of_plan(plan, old, new):
            raise CommandError("对照表不对：\n" + "\n".join(problems))
        if options["dry_run"]:
            self._try(Road(old, new, plan))
        else:
            self._move(old, new, plan)

    def _version(self, slug: str, number: int) -> MatterVersion:
        found = MatterVersion.objects.filter(matter__slug=slug, number=number)
        version = found.select_related("matter").first()
        if version is None:
            raise CommandError(f"没有事项 {slug} 的第 {number} 版")
        return version

    def _plan(self, path: Path | None) -> MovePlan:
        try:
            read = yaml.safe_load(path.read_text("utf-8")) if path else {}
            return MovePlan.model_validate(read or {})
        except OSError as error:
            raise CommandError(f"读不了 {path}：{error.strerror}") from None
        except yaml.YAMLError:
            raise CommandError(f"{path} 不合 YAML 写法") from None
        except ValidationError as error:
            keys = "、".join(".".join(map(str, each["loc"])) for each in error.errors())
            raise CommandError(f"{path} 的写法不对，请检查：{keys}") from None

    def _try(self, road: Road) -> None:
        fits = others = 0
        for fit in dry_run(road):
            self.stdout.write(line_of(fit))
            fits, others = fits + fit.fits, others + (not fit.fits)
        self.stdout.write(f"试算：可搬 {fits} 件，不适合 {others} 件；没有写入任何内容")

    def _move(self, old: MatterVersion, new: MatterVersion, plan: MovePlan) -> None:
        try:
            moving = begin_moving(old=old, new=new, plan=plan, actor=SYSTEM)
        except NotMoved as error:
            raise CommandError("\n".join(error.problems)) from None
        with tqdm(total=waiting_count(moving), unit="件", disable=None) as bar:
            while moving.finished_at is None:
                tally = carry_on(moving, actor=SYSTEM, limit=BATCH)
                bar.update(tally.moved + tally.left)
        for row in _results(moving).filter(result=MovedCase.Result.LEFT):
            self.stdout.write(f"{row.case.number} 未搬：{'；'.join(row.reasons)}")
        left = _results(moving).filter(result=MovedCase.Result.LEFT).count()
        moved = _results(moving).exclude(result=MovedCase.Result.LEFT).count()
        here = running(old.pk).count()
        self.stdout.write(
            f"搬迁 {moving.pk}：已搬 {moved} 件，未搬 {left} 件；第 {old.number} 版还有在办 {here} 件"
        )

    def _revert(self, old: MatterVersion, new: MatterVersion, numbers: list[str]) -> None:
        moving = Moving.objects.filter(from_version=old, to_version=new).first()
        if moving is None:
            raise CommandError("没有这两个版本之间的搬迁")
        chosen = None
        if numbers:
            rows = _results(moving).filter(case__number__in=numbers)
            found = dict(rows.values_list("case__number", "case_id"))
            if unknown := [number for number in numbers if number not in found]:
                raise CommandError(f"这次搬迁没有办件 {'、'.join(unknown)}")
            chosen = list(found.values())
        tally = revert(moving, actor=SYSTEM, case_ids=chosen)
        for row in _results(moving).exclude(kept_because=""):
            self.stdout.write(f"{row.case.number} 未恢复：{row.kept_because}")
        self.stdout.write(f"搬迁 {moving.pk}：已恢复 {tally.reverted} 件，未恢复 {tally.left} 件")


def _results(moving: Moving) -> Any:
    return MovedCase.objects.filter(moving=moving).select_related("case")


def line_of(fit: Fit) -> str:
    """What a dry run says of one case."""
    if not fit.fits:
        return f"{fit.case.number} 不适合：{'；'.join(fit.reasons)}"
    return f"{fit.case.number} 可搬：{'，'.join(day_words(fit)) or '期限不变'}"
