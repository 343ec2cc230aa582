"""A list of people sent as a table: its rows come into the form, and a wrong one is named at once."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from tests.flows.test_fund_transfer_group import GROUP, Employer
from tests.portal.applying import Applying, shown
from tests.portal.test_people import USCC, agent
from tests.world import LIN_ID, World, answers_for
from workflows.cases.models import Case

HEADER = ["姓名", "身份证号码", "手机", "个人公积金账号"]


@pytest.fixture
def employer(world: World) -> Employer:
    return Employer(world)


def lines_of(employer: Employer) -> list[list[str]]:
    columns = ("name", "id_number", "phone", "account")
    return [[row[column] for column in columns] for row in employer.rows]


def as_csv(lines: list[list[str]]) -> SimpleUploadedFile:
    text = "\n".join(",".join(line) for line in [HEADER, *lines])
    return SimpleUploadedFile("名单.csv", text.encode("gb18030"))


def as_xlsx(lines: list[list[Any]]) -> SimpleUploadedFile:
    book, kept = Workbook(), io.BytesIO()
    for line in [HEADER, *lines]:
        book.active.append(line)
    book.save(kept)
    return SimpleUploadedFile("名单.xlsx", kept.getvalue())


def sent(applying: Applying, file: SimpleUploadedFile | None) -> str:
    files = {} if file is None else {"employees-table": file}
    return shown(applying.post("form/", **{"employees-import": "1"}, **files))


def test_a_right_table_fills_the_rows_and_a_case_is_opened_for_each(
    employer: Employer, client: Client
) -> None:
    world = employer.world
    world.citizen.id_number, world.citizen.phone = LIN_ID, "13900000000"
    world.citizen.save()
    client.force_login(world.citizen)
    applying = Applying(client, world.matter(GROUP))
    for file in (as_csv(lines_of(employer)), as_xlsx(lines_of(employer))):
        page = sent(applying, file)
        assert all(name in page for name in ("王一", "李二", "赵三"))
        assert "error-summary" not in page
    rows = {
        f"employees-{nth}-{column}": text
        for nth, row in enumerate(employer.rows)
        for column, text in row.items()
    }
    answers = answers_for(world.matter(GROUP), receiving_region="500101", sending_region="511702")
    applying.post("who/", on_behalf="enterprise")
    applying.post(
        "person/", **agent(name="重庆示范商贸有限公司", id_number=USCC, relation="受委托的经办人")
    )
    applying.at_window(world.office("500101", "service_center").pk)
    applying.post("form/", **answers, **rows, **{"employees-count": "3"})
    assert employer.rows[0]["account"] in shown(applying.get("check/"))
    wrong = {"employees-1-account": "500000999"}
    applying.post("form/", **answers, **rows | wrong, **{"employees-count": "3"})
    page = shown(client.get(applying.hand_in()["Location"]))
    assert "第 2 人：个人公积金账号与身份证号对不上" in page
    applying.post("form/", **answers, **rows, **{"employees-count": "3"})
    applying.hand_in()
    cases = Case.objects.filter(flow="fund_transfer")
    assert cases.count() == 3
    # Whoever handed in for the employer sees each of them.
    assert {client.get(f"/my/{case.number}/").status_code for case in cases} == {200}


def test_what_is_wrong_in_a_table_is_said_with_its_row_and_column(
    employer: Employer, client: Client
) -> None:
    world = employer.world
    client.force_login(world.citizen)
    applying = Applying(client, world.matter(GROUP))
    lines = lines_of(employer)
    lines[1][2] = "138"
    assert "第 2 人：" in sent(applying, as_csv(lines))
    lines[1][2] = "13800000000"
    lines[2][1] = int(lines[2][1].replace("X", "0"))  # type: ignore[call-overload]
    assert "表格第 4 行的身份证号" in sent(applying, as_xlsx(lines))
    assert "没有找到表头" in sent(applying, SimpleUploadedFile("a.csv", "甲,乙".encode()))
    assert "最多 60 人" in sent(applying, as_csv(lines_of(employer)[:1] * 61))
    assert "只能读" in sent(applying, SimpleUploadedFile("a.pdf", b"%PDF"))
    assert "请先选择" in sent(applying, None)
    assert not Case.objects.exists()
