"""Data whose questions, conditions or rules hang on what is not there is refused."""

import pytest

from matters.catalogue.consistency import problems_of
from matters.catalogue.definition import Definition
from tests.catalogue.questions import MARRIED, SPOUSE, A, B, asking, ruled


@pytest.mark.parametrize(
    ("definition", "problem"),
    [
        (asking(SPOUSE, MARRIED), "它须排在前面"),
        (asking(SPOUSE), "没有这个字段"),
        (asking(MARRIED, {**B, "shown_when": [{"field": "married", "one_of": ["maybe"]}]}), "没有这个选项"),
        (
            asking({**A, "kind": "id_number"}, {**B, "required_when": [{"field": "a"}]}),
            "不能取决于字段 a",
        ),
        (asking(MARRIED, {**B, "shown_when": [{"field": "married", "at_least": 1}]}), "与字段 married 的类型"),
        (ruled({"kind": "order", "fields": ["a", "x"]}, A), "没有这样的字段"),
        (ruled({"kind": "order", "fields": ["a", "b"]}, A, B), "不能比较 text"),
        (ruled({"kind": "sum", "fields": ["a", "a"]}, {**A, "kind": "number"}), "at_most 或 at_most_field"),
        (ruled({"kind": "age", "field": "a", "at_least": 1}, A), "身份证号或出生日期"),
        (asking({**A, "at_most": 3}), "不能写 at_least"),
        (asking({**A, "kind": "date", "at_most": 3}), "与类型 date 不符"),
        (asking({**A, "kind": "several"}), "没有选项"),
        (asking({**A, "kind": "people", "columns": ["id_number"]}), "须有 name"),
        (asking({**A, "kind": "file"}, materials=[{"code": "a", "name": "甲"}]), "与材料 a 同名"),
    ],
)  # fmt: skip
def test_data_that_names_what_is_not_there_is_refused(definition: Definition, problem: str) -> None:
    assert problem in "；".join(problems_of(definition, "none"))
