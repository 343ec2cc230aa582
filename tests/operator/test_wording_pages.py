"""An operator edits what people are told: checked, previewed, kept, and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.operator.test_version_pages import text_of
from tests.world import World
from tongban.notices.models import Notice, TextVersion
from tongban.notices.rendering import render, render_sms
from tongban.notices.sms.demonstration.gateway import DemonstrationGateway, Refused
from tongban.notices.sms.templates import ONE_PART, PART_OF_MANY, cut, parts, registered
from tongban.notices.wording import editing, offers
from tongban.notices.wording.editing import (
    ChangedMeanwhile,
    Unfit,
    approved_as,
    checked_message,
    checked_sms,
)

CONTEXT = {"number": "50010126112100001239", "matter": "户口迁移", "office": "万州区公安局"}
NEW = "受理了：{{ matter }}\n您好！编号 {{ number }}，最迟 {{ due_text|default:'见办件页面' }}。\n"


def accepted() -> Notice:
    return Notice(pk=1, template="accepted", context=CONTEXT)


def post(at_work: Client, kind: str = "message", template: str = "accepted", **given: Any) -> Any:
    values = {"text": NEW, "reason": "写短一些", "based_on": 0, "do": "keep", **given}
    return at_work.post(f"/operator/texts/{kind}/{template}/", values)


@pytest.mark.parametrize("template", offers.templates())
def test_the_words_of_every_file_pass_their_own_check(template: str) -> None:
    assert checked_message(template, offers.file_text(template)).subject


@pytest.mark.parametrize("template", sorted(registered()))
def test_every_registered_text_message_is_approved_and_costs_no_more_than_two(
    template: str,
) -> None:
    found = registered()[template]
    assert found.is_approved
    assert {approval.status for approval in found.approvals} == {"示范"}
    assert set(found.used()) <= set(found.variables)
    assert parts(found.filled(offers.longest(found))) <= 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("题{{ number }}\n{{ phone }}", "没有名为 phone 的变量"),
        ("题{{ number }}\n{% for x in items %}{{ x }}{{ y }}{% endfor %}", "没有名为 y 的变量"),
        ("题{{ number }}\n{% if who == matter %}a{% endif %}", "没有名为 who 的变量"),
        ("题\n{{ matter }}", "缺少必须写明的变量 number"),
        ("{{ number }}", "从第二行起写正文"),
        ("题{{ number }\n{{ ", "缺少必须写明的变量 number"),
        ("题{{ number }}\n{% if number %}", "写法有误"),
        ('题{{ number }}\n{% include "base.html" %}', "只能引入"),
        ("题{{ number }}\n{% load static %}", "写法有误"),
        ("题{{ number }}\n{% debug %}", "不能使用"),
    ],
)
def test_a_text_that_says_too_little_or_reaches_too_far_is_refused_by_name(
    text: str, reason: str
) -> None:
    with pytest.raises(Unfit) as unfit:
        checked_message("accepted", text)
    assert reason in str(unfit.value)


def test_what_the_law_asks_for_cannot_be_edited_away() -> None:
    with pytest.raises(Unfit) as unfit:
        checked_message("refused", "不予受理：{{ number }}\n{{ reason }}")
    assert unfit.value.reasons == ["缺少必须写明的变量 remedies"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"text": "编号${number}，${phone}", "code": "SMS_9"}, "没有名为 phone 的变量"),
        ({"text": "办好了", "code": "SMS_9"}, "缺少必须写明的变量 number"),
        ({"text": "编号${number}已受理。"}, "须重新报备"),
        ({"text": "【急】编号${number}", "code": "SMS_9"}, "不能有【】"),
        ({"text": "编号${number}{{ x }}", "code": "SMS_9"}, "短信变量写成"),
        ({"text": "编号${number}已受理。", "code": registered()["refused"].code}, "另一段内容"),
    ],
)
def test_a_text_message_changes_only_with_a_new_approval(
    change: dict[str, str], reason: str, db: None
) -> None:
    now = registered()["accepted"]
    given = {"text": now.text, "code": now.code, "sign": now.sign, **change}
    with pytest.raises(Unfit, match=reason):
        checked_sms("accepted", **given)


def test_parts_are_counted_as_networks_count_them() -> None:
    assert [parts("字" * n) for n in (1, ONE_PART, ONE_PART + 1, 2 * PART_OF_MANY)] == [1, 1, 2, 2]
    assert parts("字" * (2 * PART_OF_MANY + 1)) == 3
    assert cut("困难残疾人生活补贴", 5) == "困难残疾…"


def test_an_edit_is_what_people_read_from_then_on_until_it_is_taken_back(
    at_work: Client,
) -> None:
    before = render(accepted())
    assert post(at_work).status_code == 302
    assert render(accepted()).subject == "受理了：户口迁移"
    page = text_of(at_work.get("/operator/texts/message/accepted/"))
    assert "运维员：写短一些" in page
    assert "已保存" in page

    last = TextVersion.objects.get()
    post(at_work, do="file", based_on=last.pk)
    assert render(accepted()) == before
    assert "恢复为系统自带的文字" in text_of(at_work.get("/operator/texts/message/accepted/"))


def test_a_preview_shows_and_keeps_nothing(at_work: Client) -> None:
    page = text_of(post(at_work, do="preview", reason=""))
    assert "受理了：困难残疾人生活补贴和重度残疾人护理补贴" in page
    assert not TextVersion.objects.exists()


def test_an_error_keeps_what_was_typed_and_says_which_variable(at_work: Client) -> None:
    answer = post(at_work, text=NEW + "{{ id_number }}")
    assert "没有名为 id_number 的变量" in text_of(answer)
    assert "{{ id_number }}" in answer.content.decode()
    assert not TextVersion.objects.exists()
    assert "请写明修改原因" in text_of(post(at_work, reason=" "))


def test_of_two_who_edit_at_once_the_second_is_told(at_work: Client, world: World) -> None:
    post(at_work)
    assert "刚被别人改过" in text_of(post(at_work, reason="又一次"))
    with pytest.raises(ChangedMeanwhile):
        editing.keep(
            kind="message", template="accepted", text=NEW, reason="再来", based_on=0,
            by=world.people["operator"],
        )  # fmt: skip


def test_an_edited_text_message_goes_out_under_its_new_code(at_work: Client) -> None:
    post(at_work, kind="sms", text="编号${number}已受理。", code="SMS_777000111", sign="川渝通办")
    words = render_sms(accepted())
    assert (words.code, words.parts) == ("SMS_777000111", 1)
    assert words.text == "【川渝通办】编号50010126112100001239已受理。"
    page = text_of(at_work.get("/operator/texts/sms/accepted/"))
    assert "计 1 条" in page
    assert "SMS_777000111" in text_of(at_work.get("/operator/texts/"))


def test_a_code_stands_for_one_text_and_the_demonstrations_gateway_knows_it(
    at_work: Client,
) -> None:
    given = {"text": "编号${number}已受理。", "code": "SMS_777000111", "sign": "川渝通办"}
    post(at_work, kind="sms", **given)
    with pytest.raises(Unfit, match="另一段内容"):
        checked_sms("refused", **{**given, "text": registered()["refused"].text})
    # Back to the file and to the same edit again: its approval holds still.
    for do in ("file", "keep"):
        post(at_work, kind="sms", do=do, based_on=TextVersion.objects.latest("id").pk, **given)
    assert render_sms(accepted()).code == "SMS_777000111"

    gateway = DemonstrationGateway(
        port=0, key_id="k", secret="s", templates=registered(), approved_later=approved_as
    )
    with gateway:
        sent = {"PhoneNumbers": "13800001234", "SignName": "川渝通办", "OutId": "1"}
        values = {"TemplateParam": '{"number": "50010126112100001239"}'}
        gateway.take({**sent, **values, "TemplateCode": "SMS_777000111"})
        with pytest.raises(Refused):
            gateway.take({**sent, **values, "TemplateCode": "SMS_777000112"})
    assert gateway.books.kept[0].text == "【川渝通办】编号50010126112100001239已受理。"


@pytest.mark.parametrize(
    "path", ["message/_case", "message/nothing", "sms/received", "fax/accepted"]
)
def test_what_is_no_template_is_not_found(path: str, at_work: Client) -> None:
    assert at_work.get(f"/operator/texts/{path}/").status_code == 404
