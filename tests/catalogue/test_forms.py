"""The form of a matter: one field for each kind of question, judged by the server in Chinese."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matters.catalogue.answers import answer_in_clear
from matters.catalogue.definition import Definition
from matters.catalogue.forms import form_for, masked_rows, opened_data, sealed_data
from tongban.accounts.personal import is_sealed

ZHOU_ID = "511702195505050025"


def asking(kind: str, **more: Any) -> Definition:
    field = {"code": "asked", "label": "问题", "kind": kind, **more}
    return Definition.model_validate(
        {"seats": [], "fields": [field], "result": {"kind": "none", "name": "无"}}
    )


def answer(kind: str, typed: str, **more: Any) -> Any:
    form = form_for(asking(kind, **more), {"asked": typed})
    return form.cleaned_data["asked"] if form.is_valid() else form.errors["asked"][0]


@pytest.mark.parametrize(
    ("kind", "typed", "cleaned"),
    [
        ("text", " 渝A12345 ", "渝A12345"),
        ("name", "阿依古丽·买买提", "阿依古丽·买买提"),
        ("id_number", " 5117 0219 5505 0500 25", ZHOU_ID),
        ("uscc", "91350100m000100y43", "91350100M000100Y43"),
        ("phone", "138 0000 0000", "13800000000"),
        ("phone", "０８１８-2345678", "0818-2345678"),
        ("money", "¥1,200.50", Decimal("1200.50")),
        ("bank_card", "6222 0200 0000 0000 008", "6222020000000000008"),
        ("date", "2026-02-28", dt.date(2026, 2, 28)),
        ("yes_no", "no", False),
        ("textarea", "第一行\n第二行", "第一行\n第二行"),
    ],
)
def test_right_answers_are_taken_as_people_type_them(kind: str, typed: str, cleaned: Any) -> None:
    assert answer(kind, typed) == cleaned


@pytest.mark.parametrize(
    ("kind", "typed", "error"),
    [
        ("text", "", "请填写问题"),
        ("text", "字" * 201, "最多200个字符"),
        ("text", "a\x00b", "不允许"),
        ("textarea", "字" * 2001, "最多2000个字符"),
        ("name", "张小明1", "姓名只能有汉字、字母"),
        ("name", "<script>", "姓名只能有汉字、字母"),
        ("id_number", "511702195505050026", "校验位"),
        ("id_number", "5117021955", "18 位"),
        ("id_number", "9" * 4000, "最多18个字符"),
        ("uscc", "91350100M000100Y44", "统一社会信用代码"),
        ("phone", "12800000000", "11位手机号"),
        ("money", "-1", "金额不能小于0"),
        ("money", "1.234", "最多两位小数"),
        ("money", "1e9", "请填写金额"),
        ("money", "NaN", "请填写金额"),
        ("money", "9" * 400, "请填写金额"),
        ("bank_card", "6222", "12至19位"),
        ("date", "2026-02-30", "没有这一天"),
        ("date", "昨天", "请补填"),
        ("yes_no", "maybe", "“是”或“否”"),
        ("yes_no", "", "请选择问题"),
    ],
)
def test_wrong_answers_are_told_in_chinese(kind: str, typed: str, error: str) -> None:
    assert error in str(answer(kind, typed))


def test_a_date_may_be_typed_in_three_boxes() -> None:
    typed = {"asked_year": "1985", "asked_month": "7", "asked_day": "09"}
    form = form_for(asking("date"), typed)
    assert form.is_valid()
    assert form.cleaned_data["asked"] == dt.date(1985, 7, 9)


def test_what_may_be_left_out_may_be_left_out() -> None:
    for kind in ("text", "id_number", "phone", "money", "date", "yes_no", "bank_card", "uscc"):
        form = form_for(asking(kind, required=False), {})
        assert form.is_valid(), form.errors
        assert form.cleaned_data["asked"] in (None, "")


def test_only_the_choices_given_can_be_chosen() -> None:
    choices = [["sight", "视力"], ["hearing", "听力"]]
    assert answer("choice", "sight", choices=choices) == "sight"
    assert "请从给出的选项中选择" in str(answer("choice", "smell", choices=choices))


def test_telephones_bring_up_the_number_keys() -> None:
    html = str(form_for(asking("phone"))["asked"])
    assert 'inputmode="tel"' in html
    assert 'autocomplete="tel"' in html
    assert 'type="tel"' in html


def test_help_and_example_stand_with_the_question() -> None:
    form = form_for(asking("text", help="在行驶证上。", example="渝A12345"))
    assert form["asked"].help_text == "在行驶证上。例如：渝A12345"


@pytest.mark.django_db
def test_a_region_is_a_county_of_either_province(regions: None) -> None:
    assert answer("region", "500101") == "500101"
    assert answer("region", "511702") == "511702"
    assert "请从列表中选择" in str(answer("region", "110101"))
    html = str(form_for(asking("region"))["asked"])
    assert '<optgroup label="四川省达州市">' in html


@pytest.mark.django_db
def test_a_region_may_be_asked_for_down_to_the_township(regions: None) -> None:
    assert answer("region", "500101901", region_level="township") == "500101901"
    assert "请从列表中选择" in str(answer("region", "500101", region_level="township"))


@pytest.mark.django_db
def test_regions_are_read_once_a_minute(regions: None) -> None:
    answer("region", "500101")
    with CaptureQueriesContext(connection) as queries:
        answer("region", "511702")
    assert len(queries) == 0


EVERYTHING = Definition.model_validate(
    {
        "seats": [],
        "result": {"kind": "none", "name": "无"},
        "fields": [
            {"code": "name", "label": "姓名", "kind": "name"},
            {"code": "id_number", "label": "身份证号", "kind": "id_number"},
            {"code": "phone", "label": "电话", "kind": "phone"},
            {"code": "card", "label": "银行卡", "kind": "bank_card"},
            {"code": "day", "label": "日期", "kind": "date"},
            {"code": "sum", "label": "金额", "kind": "money"},
            {"code": "agreed", "label": "是否同意", "kind": "yes_no"},
            {"code": "kind", "label": "类别", "kind": "choice", "choices": [["sight", "视力"]]},
            {"code": "word", "label": "说明", "kind": "text", "required": False},
        ],
    }
)
TYPED = {
    "name": "周德福",
    "id_number": ZHOU_ID,
    "phone": "13800000000",
    "card": "6222020000000000008",
    "day": "2026-02-03",
    "sum": "1200.5",
    "agreed": "yes",
    "kind": "sight",
}


def stored() -> dict[str, Any]:
    form = form_for(EVERYTHING, TYPED)
    assert form.is_valid(), form.errors
    return sealed_data(EVERYTHING, form.cleaned_data)


def test_personal_numbers_are_stored_sealed_and_the_rest_as_json() -> None:
    data = stored()
    assert json.loads(json.dumps(data)) == data
    for code in ("id_number", "phone", "card"):
        assert is_sealed(data[code])
    assert {code: data[code] for code in ("day", "sum", "agreed", "word")} == {
        "day": "2026-02-03",
        "sum": "1200.5",
        "agreed": True,
        "word": None,
    }
    assert ZHOU_ID not in json.dumps(data)


def test_a_stored_answer_fills_the_form_again() -> None:
    initial = opened_data(EVERYTHING, stored())
    assert initial["id_number"] == ZHOU_ID
    assert initial["day"] == dt.date(2026, 2, 3)
    html = str(form_for(EVERYTHING, initial=initial)["agreed"])
    assert 'value="yes"' in html
    assert "checked" in html


def test_a_page_shows_masks_and_words() -> None:
    rows = {row.label: row for row in masked_rows(EVERYTHING, stored())}
    assert [row.label for row in masked_rows(EVERYTHING, {})] == list(rows)
    assert ZHOU_ID not in str(rows)
    assert rows["身份证号"].is_personal
    assert rows["电话"].shown == "138****0000"
    assert rows["日期"].shown == "2026年2月3日"
    assert rows["金额"].shown == "1,200.50元"
    assert rows["是否同意"].shown == "是"
    assert rows["类别"].shown == "视力"
    assert rows["说明"].shown == "未填写"


def test_one_sealed_answer_can_be_opened_for_the_record_of_looks() -> None:
    assert answer_in_clear(EVERYTHING, stored(), "id_number") == ZHOU_ID


def test_half_a_form_can_be_kept_as_a_draft() -> None:
    form = form_for(EVERYTHING, {"name": "周德福", "phone": "不是电话"})
    assert not form.is_valid()
    half = sealed_data(EVERYTHING, form.cleaned_data)
    assert half["name"] == "周德福"
    assert "phone" not in half


def test_a_draft_survives_a_version_that_asks_other_things() -> None:
    assert opened_data(asking("text"), {"gone": "旧答案", "asked": "留下"}) == {"asked": "留下"}
