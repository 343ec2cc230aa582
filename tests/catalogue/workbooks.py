"""Workbooks of matters as a clerk fills them: rows as dicts by header, a sheet by its title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import Workbook

Row = dict[str, Any]
BATCH, SOURCE = "示范清单", "https://example.com/list"


def line(nth: int, **more: Any) -> Row:
    """A line of a list, without a definition of its own."""
    return {
        "事项名称": f"示范事项{nth}",
        "来源批次": BATCH,
        "主管部门": "公安",
        "主题": "户籍",
        "来源网址": SOURCE,
        "承诺时限": "20个工作日",
        **more,
    }


@dataclass
class Book:
    """sheets: title → rows. `whole` adds a matter with all that its flow needs."""

    sheets: dict[str, list[Row]] = field(default_factory=lambda: {"事项": []})

    def add(self, row: Row) -> int:
        """Its row number in the file."""
        self.sheets["事项"].append(row)
        return len(self.sheets["事项"]) + 1

    def part(self, sheet: str, matter: str, **cells: Any) -> int:
        rows = self.sheets.setdefault(sheet, [])
        rows.append({"事项名称": matter, "来源批次": BATCH, **cells})
        return len(rows) + 1

    def whole(self, nth: int, without: Sequence[str] = (), **more: Any) -> str:
        """A matter of the flow 全程网办; gives its name."""
        own = {
            "办理流程": "全程网办",
            "法定时限": "30个工作日",
            "结果类型": "通知",
            "结果名称": "结果",
        }
        row = line(nth, **{**own, **more})
        self.add(row)
        name = str(row["事项名称"])
        if "岗位" not in without:
            self.part(
                "岗位",
                name,
                岗位="主管部门",
                机构类别="police",
                层级="县级",
                所在地区="field:place",
            )
        if "环节" not in without:
            self.part(
                "环节", name, 环节名称="审查", 代码="review", 岗位="主管部门", 时限="10个工作日"
            )
        if "表单字段" not in without:
            self.part("表单字段", name, 代码="place", 问题="办理地区", 类型="地区")
        return name

    def write(self, path: Path) -> Path:
        book = Workbook(write_only=True)
        for title, rows in self.sheets.items():
            page = book.create_sheet(title)
            headers = list(dict.fromkeys(header for row in rows for header in row))
            page.append(headers)
            for row in rows:
                page.append([row.get(header) for header in headers])
        book.save(path)
        return path
