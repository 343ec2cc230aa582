from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from workflows.cases.flow import Flow
from workflows.cases.registry import flows
from workflows.cases.rights import Right, Spot, whole_definition
from workflows.cases.rights_table import depends_on_stage, shortened, table_of

HEAD = """\
{name} · {code}

谁在哪个状态可以办理哪个步骤；没有列出的一律拒绝。由 manage.py print_rights --write 生成。
[…] 内是还须成立的条件；带 ‖ 的在中止期间也可以办理；head of X 指只有 X 的负责人可以办理。
"""


class Command(BaseCommand):
    help = "Print who may take which step in which state, for every flow."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", type=Path, help="写入这个目录，每个流程一个文件")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path | None = options["write"]
        for flow in flows():
            if folder is None:
                self.stdout.write(text_of(flow))
            else:
                (folder / f"{flow.CODE}.txt").write_text(text_of(flow), encoding="utf-8")


def text_of(flow: type[Flow]) -> str:
    """The flow's table as people read it in a review: state by state, then what is always at hand."""
    definition = whole_definition(flow)
    table = table_of(flow, definition)
    parts = [HEAD.format(name=flow.LABEL, code=flow.CODE)]
    for spot in table.spots:
        here = [r for r in table.rights if r.spot == spot and not r.step.is_aside]
        parts.append("\n".join([_spot_line(spot), *map(_right_line, here)]) + "\n")
    asides = [right for right in table.rights if right.step.is_aside]
    by_step = groupby(sorted(asides, key=_place_in(flow)), key=lambda right: right.step)
    parts += ["\n".join(_aside_lines(list(group))) + "\n" for _, group in by_step]
    return "\n".join(parts)


def _place_in(flow: type[Flow]) -> Any:
    order = list(flow.STEPS)
    return lambda right: order.index(right.step.code)


def _spot_line(spot: Spot) -> str:
    return f"== {_name(spot)} {spot.state.name} · {spot.holder or '已结束'}"


def _name(spot: Spot) -> str:
    return f"{spot.state.code}/{spot.stage}" if depends_on_stage(spot) else spot.state.code


def _right_line(right: Right) -> str:
    to = " | ".join(right.step.targets) or "·"
    return f"   {right.step.code} {right.step.label} → {to} : {_takers(right)}{_guards(right)}"


def _aside_lines(group: list[Right]) -> Iterator[str]:
    step = group[0].step
    yield f"-- {step.code} {step.label}{_guards(group[0])}"
    where: dict[str, list[str]] = {}
    for right in group:
        where.setdefault(_takers(right), []).append(_name(right.spot))
    for takers, names in where.items():
        yield f"   {takers} : {' '.join(names)}"


def _takers(right: Right) -> str:
    return ", ".join(
        name + ("‖" if name in right.while_suspended else "") for name in shortened(right.takers)
    )


def _guards(right: Right) -> str:
    codes = ", ".join(guard.code for guard in right.step.guards)
    return f"  [{codes}]" if codes else ""
