"""Questions that depend on answers, lists of people, files, rules: one form judges them all."""

import datetime as dt
import json
from typing import Any

import pytest
import time_machine
from django.http import QueryDict

from matters.catalogue.answers import answer_in_clear, typed_again
from matters.catalogue.consistency import problems_of
from matters.catalogue.day_fields import Period
from matters.catalogue.definition import Definition
from matters.catalogue.doubts import doubts
from matters.catalogue.file_field import KeptFile
from matters.catalogue.forms import form_for, masked_rows, opened_data, sealed_data
from tests.catalogue.questions import CHILD_ID, MARRIED, SPOUSE, ZHOU_ID, A, B, C, asking, ruled
from tongban.accounts.personal import is_sealed


def errors_of(definition: Definition, data: dict[str, Any]) -> dict[str, list[str]]:
    return {
        code: [str(e) for e in each] for code, each in form_for(definition, data).errors.items()
    }


FAMILY = asking(MARRIED, SPOUSE, {"code": "note", "required": False})


@pytest.mark.parametrize(
    ("field", "typed", "cleaned"),
    [
        ({"kind": "number"}, "１，２00", 1200),
        ({"kind": "email"}, " lin@example.com ", "lin@example.com"),
        ({"kind": "address"}, "万州区示范路 1 号", "万州区示范路 1 号"),
        ({"kind": "month"}, "2025-03", dt.date(2025, 3, 1)),
        (
            {"kind": "period"},
            "2025-01-01/2025-12-31",
            Period(dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
        ),
        ({"kind": "several", "choices": [["a", "甲"], ["b", "乙"]]}, ["a", "b"], ["a", "b"]),
        ({"kind": "date", "at_most": "2025-12-31"}, "2025-12-31", dt.date(2025, 12, 31)),
    ],
)
def test_right_answers_are_cleaned_kept_and_typed_again(
    field: dict[str, Any], typed: Any, cleaned: Any
) -> None:
    definition = asking({"code": "it", **field})
    form = form_for(definition, {"it": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["it"] == cleaned
    kept = sealed_data(definition, form.cleaned_data)
    assert json.loads(json.dumps(kept)) == kept
    again = form_for(definition, typed_again(definition, kept))
    assert again.is_valid()
    assert again.cleaned_data["it"] == cleaned
    assert str(form_for(definition, initial=opened_data(definition, kept)))
    assert masked_rows(definition, kept)[0].shown


@pytest.mark.parametrize(
    ("field", "typed", "error"),
    [
        ({"kind": "number"}, "3.5", "请填写整数"),
        ({"kind": "number", "at_most": 5}, "6", "不能大于5"),
        ({"kind": "number", "at_least": 1}, "-1", "不能小于1"),
        ({"kind": "money", "at_most": "5000"}, "5000.01", "不能大于5000元"),
        ({"kind": "email"}, "林@", "电子邮箱的格式不对"),
        ({"kind": "address"}, "重庆", "写到门牌号"),
        ({"kind": "month"}, "2025-13", "没有这个月份"),
        ({"kind": "month"}, "2025-", "年和月都填上"),
        ({"kind": "month"}, "", "请填写问题1"),
        ({"kind": "period"}, "2025-12-31/2025-01-01", "截止日期不能早于起始日期"),
        ({"kind": "period"}, "2025-12-31", "请填写截止日期"),
        ({"kind": "period"}, "2025-02-30/2025-03-01", "起始日期：没有这一天"),
        ({"kind": "several", "choices": [["a", "甲"]]}, ["b"], "请从给出的选项中选择"),
        ({"kind": "several", "choices": [["a", "甲"]]}, [], "请选择问题1"),
        ({"kind": "date", "at_most": "today"}, "2026-11-22", "不能晚于今天"),
        ({"kind": "date", "at_least": "2020-01-01"}, "2019-12-31", "不能早于2020年1月1日"),
        ({"kind": "text"}, "\ud83d", "无法保存的字符"),
    ],
)
@time_machine.travel("2026-11-21 10:00+08:00", tick=False)
def test_wrong_answers_are_told_in_chinese(field: dict[str, Any], typed: Any, error: str) -> None:
    assert error in str(errors_of(asking({"code": "it", **field}), {"it": typed})["it"])


# Shown and required


def test_a_question_is_asked_only_where_it_applies_and_its_answer_goes_with_it() -> None:
    single = form_for(FAMILY, {"married": "no", "spouse": "周德福"})
    assert single.is_valid()
    assert "spouse" not in single.cleaned_data
    assert single.hidden == {"spouse"}
    assert "请填写" in errors_of(FAMILY, {"married": "yes"})["spouse"][0]
    couple = form_for(FAMILY, {"married": "yes", "spouse": "周德福"})
    assert couple.is_valid()
    kept = sealed_data(FAMILY, couple.cleaned_data)
    assert [row.label for row in masked_rows(FAMILY, kept)] == ["问题1", "问题2", "问题3"]
    assert [row.label for row in masked_rows(FAMILY, {"married": False})] == ["问题1", "问题3"]


def test_what_hangs_on_a_hidden_question_is_hidden_too() -> None:
    works = {"code": "works", "kind": "yes_no", "shown_when": SPOUSE["shown_when"]}
    firm = {"code": "firm", "shown_when": [{"field": "works", "one_of": ["yes"]}]}
    form = form_for(asking(MARRIED, works, firm), {"married": "no", "works": "yes"})
    assert form.is_valid()
    assert form.hidden == {"works", "firm"}


def test_a_page_that_did_not_show_a_question_is_not_told_that_it_is_missing() -> None:
    first = form_for(FAMILY, {"married": "yes", "asked-before": "married,note"})
    assert not first.is_valid()
    assert first.newly_asked == {"spouse"}
    assert not first.errors
    second = form_for(FAMILY, {"married": "yes", "asked-before": first.asked_before})
    assert "请填写" in str(second.errors["spouse"])


def test_asking_again_judges_nothing_and_shows_what_applies() -> None:
    form = form_for(FAMILY, {"married": "yes", "ask-again": "1", "asked-before": "married,note"})
    assert not form.is_valid()
    assert not form.errors
    assert 'name="spouse"' in str(form)
    assert 'hx-vals="{&quot;ask-again&quot;: &quot;1&quot;}"' in str(form["married"])


def test_a_question_may_be_required_in_some_cases_only() -> None:
    reason = {"code": "why", "required_when": [{"field": "days", "at_least": 8}]}
    definition = asking({"code": "days", "kind": "number"}, reason)
    assert form_for(definition, {"days": "7"}).is_valid()
    assert "why" in errors_of(definition, {"days": "8"})
    assert form_for(definition, {"days": "8", "why": "住院"}).is_valid()


def test_a_form_opens_with_the_questions_that_the_kept_answers_lead_to() -> None:
    assert 'name="spouse"' in str(form_for(FAMILY, initial={"married": "yes"}))
    assert 'name="spouse"' not in str(form_for(FAMILY))


# People

MOVERS = asking(
    {
        "code": "movers",
        "label": "随迁人员",
        "kind": "people",
        "choices": [["child", "子女"], ["spouse", "配偶"]],
        "most": 3,
    }
)


def typed_rows(*rows: dict[str, str], **more: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data["movers-count"] = str(len(rows))
    for n, row in enumerate(rows):
        data.update({f"movers-{n}-{column}": text for column, text in row.items()})
    data.update(more)
    return data


CHILD = {"name": "周小德", "id_number": CHILD_ID, "relation": "child"}
OLD = {"name": "周德福", "id_number": ZHOU_ID, "relation": "spouse"}


def test_several_people_are_typed_sealed_and_shown_masked() -> None:
    form = form_for(MOVERS, typed_rows(CHILD, OLD, {"name": "", "id_number": "", "relation": ""}))
    assert form.is_valid(), form.errors
    kept = sealed_data(MOVERS, form.cleaned_data)
    assert CHILD_ID not in json.dumps(kept)
    assert is_sealed(kept["movers"][0]["id_number"])
    rows = masked_rows(MOVERS, kept)
    assert [row.shown for row in rows if not row.is_personal] == ["周小德，子女", "周德福，配偶"]
    secret = [row for row in rows if row.is_personal]
    assert [row.key for row in secret] == ["movers.0.id_number", "movers.1.id_number"]
    assert CHILD_ID not in str(rows)
    assert answer_in_clear(MOVERS, kept, secret[0].key) == CHILD_ID
    for key in ("movers.9.id_number", "movers.0.name", "movers.x.id_number", "movers.0"):
        with pytest.raises(KeyError):
            answer_in_clear(MOVERS, kept, key)


def test_what_is_wrong_with_somebody_says_with_whom() -> None:
    wrong = [CHILD, {**OLD, "id_number": "511702195505050026"}]
    form = form_for(MOVERS, typed_rows(*wrong))
    assert "第 2 人：身份证号码的校验位不正确" in str(form.errors["movers"])
    assert "有两人的身份证号相同" in str(errors_of(MOVERS, {"movers": [CHILD, CHILD]}))
    assert "最多填写 3 人" in str(errors_of(MOVERS, {"movers": [CHILD] * 4}))
    assert "第 1 人：请从给出的选项中选择" in str(
        errors_of(MOVERS, {"movers": [{**CHILD, "relation": "uncle"}]})
    )
    assert "请填写随迁人员" in str(errors_of(MOVERS, {}))


def test_rows_come_and_go_by_buttons_that_send_the_form() -> None:
    more = form_for(MOVERS, typed_rows(CHILD, **{"movers-add": "1"}))
    assert more.asks_again
    assert not more.errors
    html = str(more)
    assert 'name="movers-1-name"' in html
    assert f'value="{CHILD_ID}"' in html, "what was typed stays typed"
    fewer = str(form_for(MOVERS, typed_rows(CHILD, OLD, **{"movers-remove": "0"})))
    assert "周德福" in fewer
    assert "周小德" not in fewer
    full = str(form_for(MOVERS, typed_rows(CHILD, OLD, CHILD, **{"movers-add": "1"})))
    assert "最多填写 3 人" in full


def test_a_known_number_never_comes_back_to_the_page_and_an_empty_box_keeps_it() -> None:
    known = {"movers": [CHILD, OLD]}
    page = str(form_for(MOVERS, initial=known))
    assert CHILD_ID not in page
    assert "已填：5117" in page
    blank = {**CHILD, "id_number": ""}
    form = form_for(MOVERS, typed_rows(blank, OLD), known)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["movers"][0]["id_number"] == CHILD_ID
    other = form_for(MOVERS, typed_rows({**blank, "name": "周大德"}), known)
    assert "第 1 人：请填写身份证号" in str(other.errors["movers"])


# Files

CONTRACT = asking({"code": "contract", "label": "合同", "kind": "file"}, MARRIED)


def test_a_file_is_asked_for_by_pages_and_is_a_paper_for_everybody_else() -> None:
    bare = form_for(CONTRACT, {"married": "yes"}, files={})
    assert "请上传合同" in str(bare.errors["contract"])
    kept = [KeptFile("k1", "合同.pdf", "/files/k1/")]
    page = form_for(CONTRACT, {"married": "yes"}, files={"contract": kept})
    assert page.is_valid()
    assert "合同.pdf" in str(page["contract"])
    assert sealed_data(asking(MARRIED), page.cleaned_data) == {"married": True}
    case = form_for(CONTRACT, {"married": "yes"})
    assert case.is_valid(), "what was not handed in is owed like any other paper"
    assert [(paper.code, paper.name, paper.required) for paper in case.file_papers] == [
        ("contract", "合同", True)
    ]
    assert [row.label for row in masked_rows(CONTRACT, {})] == ["问题2"]


# Rules


@pytest.mark.parametrize(
    ("rule", "kind", "right", "wrong", "sentence"),
    [
        (
            {"kind": "order", "fields": ["a", "b"]},
            "date",
            {"a": "2025-01-01", "b": "2025-01-01"},
            {"a": "2025-01-02", "b": "2025-01-01"},
            "“问题2”不能早于或小于“问题1”",
        ),
        (
            {"kind": "sum", "fields": ["a", "b"], "at_most": 100},
            "number",
            {"a": "60", "b": "40"},
            {"a": "60", "b": "41"},
            "合计不能超过100",
        ),
        (
            {"kind": "sum", "fields": ["a", "b"], "at_most_field": "c"},
            "money",
            {"a": "1", "b": "2", "c": "3"},
            {"a": "1", "b": "2", "c": "2.99"},
            "合计不能超过“问题3”",
        ),
        (
            {"kind": "same", "fields": ["a", "b"]},
            "name",
            {"a": "周德福", "b": "周德福"},
            {"a": "周德福", "b": "林晓梅"},
            "“问题2”应与“问题1”一致",
        ),
        (
            {"kind": "different", "fields": ["a", "b"]},
            "id_number",
            {"a": ZHOU_ID, "b": CHILD_ID},
            {"a": ZHOU_ID, "b": ZHOU_ID},
            "不能是同一个",
        ),
        (
            {"kind": "age", "field": "a", "at_least": 18},
            "id_number",
            {"a": ZHOU_ID},
            {"a": CHILD_ID},
            "应年满18周岁",
        ),
        (
            {"kind": "some", "fields": ["a", "b"]},
            "text",
            {"b": "有"},
            {},
            "请至少填写一项",
        ),
        (
            {"kind": "order", "fields": ["a", "b"], "message": "完工日期不能早于开工日期。"},
            "month",
            {"a": "2025-01", "b": "2025-02"},
            {"a": "2025-03", "b": "2025-02"},
            "完工日期不能早于开工日期。",
        ),
    ],
)
@time_machine.travel("2026-11-21 10:00+08:00", tick=False)
def test_rules_hold_across_questions(
    rule: dict[str, Any], kind: str, right: dict[str, str], wrong: dict[str, str], sentence: str
) -> None:
    definition = ruled(rule, *({**field, "kind": kind} for field in (A, B, C)))
    assert not problems_of(definition, "none") or "没有流程" in str(problems_of(definition, "none"))
    assert form_for(definition, right).is_valid()
    assert sentence in str(errors_of(definition, wrong))
    if rule["kind"] != "some":
        assert form_for(definition, {}).is_valid(), "silent while nothing is answered"
    for number in (ZHOU_ID, CHILD_ID):
        assert number not in str(errors_of(definition, wrong))


def test_an_age_counts_on_the_day_that_is_asked_for() -> None:
    rule = {"kind": "age", "field": "a", "on_field": "b", "at_least": 6}
    definition = ruled(rule, {**A, "kind": "id_number"}, {**B, "kind": "date"})
    assert form_for(definition, {"a": CHILD_ID, "b": "2024-03-15"}).is_valid()
    late = errors_of(definition, {"a": CHILD_ID, "b": "2024-03-14"})
    assert "在“问题2”当天应年满6周岁" in str(late)


def test_a_rule_may_hold_in_some_cases_only_and_somebody_is_named_once() -> None:
    people = {"code": "b", "kind": "people", "required": False}
    rule = {"kind": "different", "fields": ["a", "b"]}
    definition = ruled(rule, {**A, "kind": "id_number"}, people)
    assert "b" in errors_of(definition, {"a": CHILD_ID, "b": [{**CHILD, "relation": "子"}]})
    sometimes = asking(
        MARRIED,
        {**A, "kind": "number"},
        rules=[
            {
                "kind": "sum",
                "fields": ["a", "a"],
                "at_most": 2,
                "when": [{"field": "married", "one_of": ["yes"]}],
            }
        ],
    )
    assert form_for(sometimes, {"married": "no", "a": "9"}).is_valid()
    assert not form_for(sometimes, {"married": "yes", "a": "9"}).is_valid()


def test_a_card_without_a_right_check_digit_is_doubted_and_taken() -> None:
    definition = asking({"code": "card", "kind": "bank_card"})
    form = form_for(definition, {"card": "6222020000000000001"})
    assert form.is_valid()
    assert "校验不符" in doubts(definition, form.cleaned_data)[0]
    assert not doubts(definition, {"card": "6222020000000000000"})
