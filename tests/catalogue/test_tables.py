"""Lists as offices publish them, and tables that come back as they went."""

import datetime as dt
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from openpyxl import Workbook, load_workbook

from matters.catalogue.facts import DATA
from matters.catalogue.loading import NotLoaded, load_catalogue
from matters.catalogue.models import Matter, MatterVersion
from matters.catalogue.plan import Planned, make_plan
from matters.catalogue.search import in_force
from matters.catalogue.tables import xlsx
from matters.catalogue.tables.exporting import export_catalogue, write_csv, write_xlsx
from matters.catalogue.tables.loading import known_of, load_table
from matters.catalogue.tables.planning import Defaults, plan_of
from matters.catalogue.tables.reading import read_table
from tests.catalogue.workbooks import SOURCE, Book, line
from tongban.offices.models import Department

pytestmark = pytest.mark.django_db
LIST = Defaults(batch="川渝通办第九批", source_url="https://example.com/9", field="户籍")


def published() -> list[tuple[Any, ...]]:
    versions = MatterVersion.objects.select_related("matter__department")
    return [
        (
            v.matter.slug, v.matter.department.name, v.matter.theme, v.matter.audience, v.matter.note,
            v.matter.certainty, v.matter.item_code, v.mode, v.mode_certainty, v.flow, v.definition,
        )
        for v in versions.order_by("matter__slug")
    ]  # fmt: skip


def definition(name: str) -> dict[str, Any]:
    stored: dict[str, Any] = in_force().get(matter__name=name).definition
    return stored


@pytest.fixture
def police_alone(tmp_path: Path) -> Path:
    """The project's own data of one department."""
    folder = tmp_path / "data"
    shutil.copytree(DATA / "police", folder / "police")
    for file in ("general.yaml", "owners.csv"):
        shutil.copy(DATA / file, folder)
    return folder


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_what_was_loaded_comes_back_and_goes_in_again(
    departments: None, police_alone: Path, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"all.{ending}"
    with transaction.atomic():
        load_catalogue(folder=police_alone)
        exported = export_catalogue(path)
        again = load_table(path)
        assert (again.created, again.described, again.republished) == (0, 0, 0)
        assert again.unchanged == exported > 30
        assert not Matter.objects.filter(from_table=True).exists()
        before = published()
        transaction.set_rollback(True)
    assert not Matter.objects.exists()
    assert load_table(path).created == exported
    assert published() == before


def test_every_matter_of_the_project_can_be_said_in_a_table(tmp_path: Path) -> None:
    # One of each that says something else: most have the general definition of their mode.
    unlike = {
        each.definition.model_dump_json(exclude={"guide"}): each for each in make_plan().matters
    }
    planned = list(unlike.values())
    known = [known_of(*as_kept(each)) for each in planned]
    departments = frozenset(each.fact.department for each in planned)
    for write, step in ((write_xlsx, 1), (write_csv, 4)):
        path = tmp_path / f"all.{write.__name__.removeprefix('write_')}"
        write(path, known[::step])
        plan = plan_of(read_table(path), known={}, departments=departments)
        assert plan.problems == ()
        for was, now in zip(planned[::step], plan.matters, strict=True):
            assert (now.flow, now.mode, now.mode_certainty) == (
                was.flow,
                was.mode,
                was.mode_certainty,
            )
            assert now.definition == was.definition, was.fact.name
            differ: dict[str, Any] = dict.fromkeys(("where", "promised_days", "legal_days", "kind"))
            assert replace(now.fact, **differ) == replace(was.fact, **differ)


def as_kept(planned: Planned) -> tuple[Matter, MatterVersion]:
    """A planned matter as rows that nobody has saved."""
    fact = planned.fact
    matter = Matter(
        name=fact.name,
        source_batch=fact.batch,
        department=Department(name=fact.department),
        theme=fact.theme,
        audience=fact.audience,
        source_url=fact.source_url,
        item_code=fact.item_code,
        note=fact.note,
        certainty=fact.certainty,
    )
    version = MatterVersion(
        mode=planned.mode,
        mode_certainty=planned.mode_certainty,
        flow=planned.flow,
        definition=planned.definition.model_dump(mode="json"),
    )
    return matter, version


def official(path: Path) -> Path:
    """A title over merged cells, a header of two rows, a department written once for three matters."""
    book = Workbook()
    page = book.active
    assert page is not None
    page["A1"] = "川渝通办事项清单（第九批）"
    page.merge_cells("A1:H1")
    page["A2"] = "填报单位：四川省公安厅"
    headers = ["序号", "　事项名称 ", "省级主管部门", "服务对象", "时限", None, "联系处室", "备注"]
    page.append(headers)
    page.append([None, None, None, None, "承诺时限", "法定时限", None, None])
    page.merge_cells("E3:F3")
    page.append(["一、户籍类"])
    page.append(
        [1, "居民户口簿补发（县级）", "四川省公安厅", "个人", "3个工作日", None, "治安", None]
    )
    page.append(
        [2, "　户口簿\n换发　", None, "个人", "5 工作日", "20G", "治安", dt.date(2026, 3, 1)]
    )
    page.append([3, "=跨省查询", None, None, None, None, None, "原文如此"])
    page["B8"].data_type = "s"
    page.merge_cells("C6:C8")
    page.append(["注：以上事项自公布之日起施行。"])
    hidden = book.create_sheet("旧表")
    hidden.append(["事项名称"])
    hidden.append(["不该读到的"])
    hidden.sheet_state = "hidden"
    book.save(path)
    return path


def test_an_official_list_is_taken_as_it_was_published(departments: None, tmp_path: Path) -> None:
    loaded = load_table(official(tmp_path / "list.xlsx"), defaults=LIST)
    assert loaded.created == 3
    first, second, third = Matter.objects.order_by("pk")
    assert [m.name for m in (first, second, third)] == [
        "居民户口簿补发（县级）", "户口簿换发", "=跨省查询",
    ]  # fmt: skip
    assert {m.department.name for m in (first, second, third)} == {"公安"}
    assert (first.source_batch, first.source_url) == ("川渝通办第九批", "https://example.com/9")
    assert (second.note, third.note) == ("2026-03-01", "原文如此")
    kept = definition("户口簿换发")
    assert (kept["promise"], kept["statutory"]) == ("5G", "20G")
    assert definition("居民户口簿补发（县级）")["guide"]["level"] == "county"
    said = "\n".join(loaded.remarks)
    assert "联系处室" in said
    assert "一、户籍类" in said
    assert "注：以上事项" in said
    assert "序号" not in said


def test_a_line_of_a_list_changes_what_it_says_and_nothing_else(
    departments: None, tmp_path: Path
) -> None:
    book = Book()
    book.whole(1, 收费标准="20元")
    load_table(book.write(tmp_path / "whole.xlsx"))
    before = definition("示范事项1")
    later = Book()
    row = line(1, 承诺时限=None, 办理地点="万州区政务服务中心三楼")
    later.add({key: cell for key, cell in row.items() if key not in ("主管部门", "主题")})
    loaded = load_table(later.write(tmp_path / "line.xlsx"))
    assert (loaded.republished, loaded.described) == (1, 0)
    after = definition("示范事项1")
    assert after.pop("guide") == before.pop("guide") | {"place": "万州区政务服务中心三楼"}
    assert after == before
    assert after["fee"] == "20元"


def test_seats_stages_and_papers_are_filled_in_chinese(departments: None, tmp_path: Path) -> None:
    book = Book()
    name = book.whole(1, 受理条件="年满18周岁\n在本市居住")
    book.part(
        "材料", name, 材料名称="户口簿", 形式="复印件", 来源渠道="政府核发", 必须="否", 份数=2
    )
    book.part("时限", name, 状态="已批准，待送达结果", 时限="5个工作日")
    book.part("把握程度", name, 项="承诺时限", 把握程度="来源载明")
    load_table(book.write(tmp_path / "list.xlsx"))
    kept = definition(name)
    assert kept["conditions"] == ["年满18周岁", "在本市居住"]
    paper = kept["materials"][0]
    assert (paper["code"], paper["form"], paper["source"]) == ("hukoubu", "copy", "government")
    assert (paper["required"], paper["copies"]) == (False, 2)
    assert kept["hops"] == {"delivering": "5G"}
    assert kept["certainty"] == {"promise": "stated"}


def test_what_a_table_changed_the_files_leave_alone(
    departments: None, police_alone: Path, tmp_path: Path
) -> None:
    load_catalogue(folder=police_alone)
    path = tmp_path / "police.xlsx"
    export_catalogue(path)
    book = load_workbook(path)
    page = book["事项"]
    headers = {cell.value: cell.column for cell in page[1]}
    row = next(r for r in page.iter_rows(min_row=2) if r[0].value == "临时身份证明")
    page.cell(row[0].row, headers["备注"], "区县已核对")
    page.cell(row[0].row, headers["承诺时限"], "7个工作日")
    book.save(path)
    loaded = load_table(path)
    assert (loaded.described, loaded.republished) == (1, 1)
    again = load_catalogue(folder=police_alone)
    assert (again.described, again.republished, again.kept) == (0, 0, ("临时身份证明",))
    assert definition("临时身份证明")["promise"] == "7G"
    back = load_catalogue(folder=police_alone, over_tables=True)
    assert (back.described, back.republished, back.kept) == (1, 1, ())
    assert definition("临时身份证明")["promise"] is None


def test_a_csv_may_be_saved_by_a_spreadsheet_of_the_office(
    departments: None, tmp_path: Path
) -> None:
    text = "事项名称,主管部门,承诺办结时限,承诺时限单位\r\n户口簿补发,四川省公安厅,5,工作日\r\n"
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode("gb18030"))
    assert load_table(path, defaults=LIST).created == 1
    assert definition("户口簿补发")["promise"] == "5G"


def test_a_matter_of_the_same_name_and_batch_from_elsewhere_is_no_other_matter(
    departments: None, tmp_path: Path
) -> None:
    book = Book()
    book.add(line(1))
    load_table(book.write(tmp_path / "list.xlsx"))
    book.sheets["事项"][0]["来源网址"] = "https://example.com/other"
    with pytest.raises(NotLoaded, match=rf"来源是 {SOURCE}，不能换成别的来源"):
        load_table(book.write(tmp_path / "list.xlsx"))


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for nth in range(30):
            packed.writestr(f"xl/worksheets/sheet{nth}.xml", b"<a>" + b" " * 80_000)


def entities(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(
            "xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
        )


def empty(path: Path) -> None:
    Workbook().save(path)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (bomb, "文件解开后过大"),
        (entities, "文档类型声明"),
        (empty, "没有找到表头"),
        (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0" * 100), "不是 XLSX 文件"),
        (lambda path: path.write_bytes(b"PK\x05\x06" + b"\0" * 18), "打不开"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_a_sentence(
    departments: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Any, words: str
) -> None:
    monkeypatch.setattr(xlsx, "MOST_UNPACKED", 2_000_000)
    path = tmp_path / "list.xlsx"
    make(path)
    with pytest.raises(NotLoaded, match=words):
        load_table(path)


def test_nothing_in_an_exported_table_is_computed(departments: None, tmp_path: Path) -> None:
    book = Book()
    book.add(line(1, 备注="x"))
    load_table(book.write(tmp_path / "list.xlsx"))
    Matter.objects.update(note='=HYPERLINK("http://example.com")')
    for ending in ("xlsx", "csv"):
        path = tmp_path / f"out.{ending}"
        export_catalogue(path)
        assert load_table(path).unchanged == 1
    page = load_workbook(tmp_path / "out.xlsx")["事项"]
    assert {cell.data_type for row in page for cell in row} <= {"s", "n"}
    assert "'=HYPERLINK" in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")


def test_the_commands_say_what_they_did(
    departments: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = official(tmp_path / "list.xlsx")
    options = {"batch": LIST.batch, "source": LIST.source_url, "theme": LIST.field}
    call_command("load_catalogue", source, **options)
    assert "新增 3" in capsys.readouterr().out
    call_command("export_catalogue", tmp_path / "out.xlsx")
    assert "已导出 3 个事项" in capsys.readouterr().out
    with pytest.raises(
        CommandError, match=r"来源批次 不能为空[\s\S]*共 9 处问题，事项目录未作任何改动"
    ):
        call_command("load_catalogue", source)
    with pytest.raises(CommandError, match=r"只能写 \.csv 和 \.xlsx"):
        call_command("export_catalogue", tmp_path / "out.pdf")
