"""A table of 2,000 matters: right, it is there in seconds; with 30 mistakes, every one is named."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matters.catalogue.loading import NotLoaded
from matters.catalogue.models import Matter, MatterVersion
from matters.catalogue.tables.loading import load_table
from tests.catalogue.workbooks import Book, line

pytestmark = pytest.mark.django_db
ROWS = 2000

Broken = tuple[str, str]  # where, and what is said of it


def cell(header: str, value: object, words: str) -> Callable[[Book, int], Broken]:
    """A line of the list with one wrong cell."""

    def write(book: Book, nth: int) -> Broken:
        return f"《事项》第{book.add(line(nth, **{header: value}))}行", words

    return write


def whole(words: str, sheet: str = "", without: tuple[str, ...] = (), **more: object):  # type: ignore[no-untyped-def]
    """A matter with a definition of its own that lacks a sheet or has a wrong cell on the first one."""

    def write(book: Book, nth: int) -> Broken:
        book.whole(nth, without, **more)
        return f"《事项》第{len(book.sheets['事项']) + 1}行", words

    return write


def part(sheet: str, words: str, at_part: bool = True, **cells: object):  # type: ignore[no-untyped-def]
    """A right matter with one more row on another sheet, which is wrong."""

    def write(book: Book, nth: int) -> Broken:
        name = book.whole(nth)
        row = book.part(sheet, name, **cells)
        where = (
            f"《{sheet}》第{row}行" if at_part else f"《事项》第{len(book.sheets['事项']) + 1}行"
        )
        return where, words

    return write


def twice(book: Book, _nth: int) -> Broken:
    return f"《事项》第{book.add(line(1))}行", "的名称和来源批次相同"


def orphan(book: Book, _nth: int) -> Broken:
    return (
        f"《材料》第{book.part('材料', '没有这个事项', 材料名称='身份证')}行",
        "事项表里没有这一行",
    )


REVIEW = {"代码": "review", "环节名称": "复核", "岗位": "主管部门"}
THIRTY: list[Callable[[Book, int], Broken]] = [
    cell("主管部门", "外星事务", "主管部门 机构库没有主管部门 外星事务"),
    cell("办理模式", "网上办", "办理模式 没有这种办理模式：网上办"),
    cell("承诺时限", "三十天", "承诺时限 “三十天”不是时限"),
    cell("承诺时限", "20日", "承诺时限 “20日”没有写明单位"),
    cell("承诺天数", "0", "承诺天数 须为正整数"),
    cell("事项名称", None, "事项名称 不能为空"),
    cell("事项名称", "很长的名称" * 30, "事项名称 超过 120 个字符"),
    cell("来源网址", None, "来源网址 不能为空"),
    cell("主题", "#REF!", "主题 单元格是错误值"),
    cell("备注", "=A1&B1", "备注 公式没有计算结果"),
    cell("实施编码", 511602000000000123, "实施编码 数字"),
    cell("到现场次数", "很多", "到现场次数 “很多”须为整数"),
    twice,
    orphan,
    whole("没有流程“飞鸽传书”", 办理流程="飞鸽传书"),
    whole("工作表《岗位》 里没有这个事项的行", without=("岗位",)),
    whole("须至少有一个环节", without=("环节",)),
    whole("没有这个字段", without=("表单字段",)),
    whole("承诺时限 40个工作日长于法定时限", 承诺时限="40个工作日"),
    whole("单位不同", 可延长="10个自然日", 延长依据="某法第一条", 设定依据="某法第一条"),
    whole("不在设定依据", 逾期视为受理="5个工作日", 视为受理依据="某法第九条"),
    whole("与单位列的“自然日”不一致", 承诺时限单位="自然日"),
    part("岗位", "岗位 流程全程网办没有“elder”", 岗位="elder", 机构类别="police", 层级="县级", 所在地区="origin"),
    part("环节", "环节 review 写了两次", at_part=False, **REVIEW),
    part("时限", "状态 流程全程网办没有“飞行中”", 状态="飞行中", 时限="3个工作日"),
    part("岗位", "机构类别 没有“天文台”", 岗位="主管部门", 机构类别="天文台", 层级="县级", 所在地区="origin"),
    part("表单字段", "类型 没有“水彩画”", 代码="colour", 问题="颜色", 类型="水彩画"),
    part("材料", "份数 “两”须为整数", 材料名称="户口簿", 份数="两"),
    part("材料", "family", at_part=False, 材料名称="结婚证", 代码="paper", 适用情形="- {field: family, one_of: [yes]}"),
    part("其他", "weather", at_part=False, 项="weather", 内容="晴"),
]  # fmt: skip


def test_thirty_mistakes_of_thirty_kinds_are_all_named_and_nothing_is_changed(
    departments: None, tmp_path: Path
) -> None:
    book = Book()
    for nth in range(1, ROWS - len(THIRTY) + 1):
        book.add(line(nth))
    expected = [write(book, ROWS + nth) for nth, write in enumerate(THIRTY)]
    with pytest.raises(NotLoaded) as refused:
        load_table(book.write(tmp_path / "list.xlsx"))
    said = {problem.where: [] for problem in refused.value.problems}  # type: ignore[var-annotated]
    for problem in refused.value.problems:
        said[problem.where].append(str(problem))
    for where, words in expected:
        assert any(words in text for text in said.get(where, [])), (where, words, said.get(where))
    assert len(expected) == len(THIRTY) == 30
    assert set(said) == {where for where, _ in expected}
    assert not Matter.objects.exists()
    assert not MatterVersion.objects.exists()


def test_two_thousand_right_rows_are_there_in_few_statements(
    departments: None, tmp_path: Path
) -> None:
    book = Book()
    for nth in range(1, ROWS - 99):
        book.add(line(nth))
    for nth in range(ROWS - 99, ROWS + 1):
        book.whole(nth)
    path = book.write(tmp_path / "list.xlsx")
    began = time.process_time()
    with CaptureQueriesContext(connection) as captured:
        loaded = load_table(path)
    assert (loaded.created, Matter.objects.count()) == (ROWS, ROWS)
    assert len(captured) <= 20
    # Of this process alone, whatever else runs beside it.
    assert time.process_time() - began < 20
