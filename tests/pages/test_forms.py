"""A form says what it wants, what is wrong and where."""

import datetime as dt
import re

import pytest
from django import forms
from django.template import Context, Template
from django.utils.datastructures import MultiValueDict

from tongban.forms import DatePartsField, LongSelect
from tongban.style_samples import SampleForm
from tongban.templatetags.pages import ErrorLink, error_links


class Birthday(forms.Form):
    born_on = DatePartsField(label="出生日期")
    met_on = DatePartsField(label="相识日期", required=False)


def typed(year: str, month: str, day: str) -> Birthday:
    return Birthday({"born_on_year": year, "born_on_month": month, "born_on_day": day})


def test_a_date_typed_in_three_boxes_becomes_a_day() -> None:
    form = typed("1968", "02", "9")
    assert form.is_valid()
    assert form.cleaned_data == {"born_on": dt.date(1968, 2, 9), "met_on": None}


@pytest.mark.parametrize(
    ("year", "month", "day", "said"),
    [
        ("", "", "", "请填写年、月、日"),
        ("1968", "", "", "请补填月、日"),
        ("1968", "2", "30", "没有这一天，请检查年、月、日"),
        ("1968", "二", "3", "没有这一天，请检查年、月、日"),
        ("68", "2", "3", "年份请填 4 位数字，例如 1985"),
        ("9" * 40, "2", "3", "没有这一天，请检查年、月、日"),
    ],
)
def test_a_date_that_is_no_day_is_explained(year: str, month: str, day: str, said: str) -> None:
    form = typed(year, month, day)
    assert form.errors["born_on"] == [said]
    shown = str(form["born_on"])
    assert (f'value="{year}"' in shown) == bool(year), "what was typed stays"


def test_a_saved_date_comes_back_into_its_boxes() -> None:
    form = Birthday(initial={"born_on": dt.date(1968, 2, 9)})
    assert re.findall(r'value="(\d+)"', str(form["born_on"])) == ["1968", "2", "9"]
    form = Birthday(initial={"born_on": "1968-02-09"})
    assert re.findall(r'value="(\d+)"', str(form["born_on"])) == ["1968", "2", "9"]


def test_every_line_of_the_summary_leads_to_a_control_of_the_page() -> None:
    form = SampleForm(MultiValueDict({"name": ["张小明"]}))
    html = str(form)
    links = error_links(form)
    assert [link.text for link in links][:2] == ["请填写身份证号码", "请填写年、月、日"]
    for link in links:
        assert f'id="{link.target}"' in html


def test_the_summary_covers_a_formset_and_what_no_single_field_is_to_blame_for() -> None:
    kinds = forms.formset_factory(SampleForm, extra=0, min_num=1, validate_min=True)
    sent = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-name": "张小明"}
    links = error_links(kinds(sent))
    assert ErrorLink("id_form-0-id_number", "请填写身份证号码") in links
    form = SampleForm({})
    form.add_error(None, "申请人与代理人不能是同一人")
    assert error_links(form)[0] == ErrorLink("", "申请人与代理人不能是同一人")


def test_a_form_without_errors_has_no_summary() -> None:
    page = Template('{% include "components/error_summary.html" %}')
    assert page.render(Context({"form": SampleForm()})).strip() == ""


def test_a_field_says_whether_it_must_be_filled_and_where_its_words_are() -> None:
    form = SampleForm({}, auto_id="id_%s")
    asked, free = form["id_number"].as_field_group(), form["reason"].as_field_group()
    assert "必填" in asked
    assert "选填" in free
    assert 'aria-describedby="id_id_number_helptext id_id_number_error"' in asked
    assert 'id="id_id_number_helptext"' in asked
    assert 'id="id_id_number_error"' in asked
    assert asked.index("id_id_number_error") < asked.index("<input")


def test_a_choice_is_a_group_with_a_legend() -> None:
    html = SampleForm({})["kind"].as_field_group()
    assert "<fieldset" in html
    assert '<legend class="label">补贴类型' in html
    assert html.count('type="radio"') == 2


def test_hostile_input_is_shown_as_it_was_typed_and_never_run() -> None:
    form = SampleForm({"name": '"><script>alert(1)</script>'})
    assert "<script>" not in str(form)
    assert "&lt;script&gt;" in str(form)


@pytest.mark.parametrize("chosen", ["", 7, "<8>"])
def test_a_select_of_thousands_is_written_as_any_other(chosen: object) -> None:
    choices = [("", "全部"), (7, "甲 & 乙"), ("<8>", '"丙"')]
    both = [
        kind(attrs={"aria-describedby": "hint"}, choices=choices).render(
            "matter", chosen, {"id": "id_matter", "required": True}
        )
        for kind in (forms.Select, LongSelect)
    ]
    plain, long = (re.sub(r">\s+", ">", html) for html in both)
    assert plain == long
