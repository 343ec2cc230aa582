"""One sheet, one button: the case, its papers, its receipt."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from matters.catalogue.forms import opened_data
from matters.catalogue.pinned import definition_of
from tests.desk.conftest import text_of
from tests.desk.counter.conftest import (
    CHILD_ID,
    DAUGHTER_ID,
    ENTERPRISE,
    scanned,
    sheet,
    value_of,
    visit_path,
)
from tests.world import LIN_ID, ORPHAN, SUBSIDY, ZHOU_ID, World
from tongban.notices.models import Notice
from workflows.cases.models import Case, Document, Draft, Event, Party
from workflows.cases.perform import InvalidData
from workflows.cases.situations import situation_for
from workflows.desk.counter import intake
from workflows.flows.collect_forward_forms import CollectForm

SignedIn = Callable[[str], Client]
LICENCE = "营业执照互办互发"


def sent(client: Client, key: uuid.UUID, data: dict[str, Any]) -> Any:
    return client.post(visit_path(key), data)


def handed_in(client: Client, key: uuid.UUID, data: dict[str, Any]) -> Case:
    answer = sent(client, key, data)
    assert answer.status_code == 302, text_of(answer)
    assert answer["Location"] == visit_path(key, "done/")
    return Case.objects.get(draft_key=key)


def answers_of(case: Case) -> dict[str, Any]:
    return dict(opened_data(definition_of(case.version_id), case.data))


def test_one_sheet_makes_the_case_takes_the_papers_and_gives_the_receipt(
    clerk: Client, window: World
) -> None:
    key = scanned(clerk)
    case = handed_in(clerk, key, sheet(window.matter(SUBSIDY), c_remark="残疾人证原件已核"))

    assert (case.state, case.channel, case.handed_in_on) == (
        "collected", "window", timezone.localdate()
    )  # fmt: skip
    assert case.office_of("collector") == window.office("500101", "service_center").pk
    assert case.owner_province == "510000"
    assert [e.step for e in Event.objects.filter(case=case).order_by("seq")] == ["open", "collect"]
    assert set(case.materials.values_list("status", flat=True)) == {"handed_in"}
    receipt = Document.objects.get(case=case, kind="receipt")
    assert receipt.content["remark"] == "残疾人证原件已核"
    page = clerk.get(visit_path(key, "done/"))
    assert case.number in text_of(page)
    assert receipt.number in text_of(page)
    assert f"/documents/{receipt.number}/" in page.content.decode()
    assert clerk.get(f"/documents/{receipt.number}/").status_code == 200
    assert 'data-key="n"' in page.content.decode()
    assert not Draft.objects.exists()


def test_the_applicants_account_gets_the_case_and_its_notices(clerk: Client, window: World) -> None:
    case = handed_in(clerk, scanned(clerk), sheet(window.matter(SUBSIDY)))
    party = case.parties.get()
    assert (party.role, party.user, party.id_number) == ("applicant", window.citizen, LIN_ID)
    told = Notice.objects.filter(user=window.citizen, subject_key=case.number)
    assert set(told.values_list("template", flat=True)) >= {"submitted", "received"}


def test_boxes_left_empty_stand_for_the_person_at_the_window(clerk: Client, window: World) -> None:
    """A person with an account needs no name, phone or number typed again."""
    version = window.matter(SUBSIDY)
    data = sheet(version, c_name="", c_phone="", beneficiary_name="", beneficiary_id="", phone="")
    case = handed_in(clerk, scanned(clerk), data)
    answers = answers_of(case)
    assert (answers["beneficiary_name"], answers["beneficiary_id"]) == ("林晓梅", LIN_ID)
    assert answers["phone"] == "13812345678"
    assert case.applicant_name == "林晓梅"
    assert case.parties.get().phone == "13812345678"


def test_the_region_is_where_the_id_number_begins(clerk: Client, window: World) -> None:
    slug = window.matter(SUBSIDY).matter.slug
    page = clerk.get(visit_path(scanned(clerk, ZHOU_ID), f"?matter={slug}")).content.decode()
    assert '<option value="511702" selected>' in page
    elsewhere = clerk.get(visit_path(scanned(clerk, "110101199003070038"), f"?matter={slug}"))
    assert 'value="" selected>' in elsewhere.content.decode()


def test_where_somebody_moves_to_is_the_place_of_the_window(clerk: Client, window: World) -> None:
    slug = window.matter("川渝两地户口迁移").matter.slug
    page = clerk.get(visit_path(scanned(clerk, ZHOU_ID), f"?matter={slug}")).content.decode()
    moves_in, moves_out = page.split('name="move_in_region"')[1].split('name="move_out_region"')
    assert '<option value="500101" selected>' in moves_in
    assert '<option value="511702" selected>' in moves_out


def test_without_an_account_a_name_and_a_phone_are_asked_for(clerk: Client, window: World) -> None:
    data = sheet(window.matter(SUBSIDY), c_name="", c_phone="", phone="", beneficiary_id="")
    page = sent(clerk, scanned(clerk, DAUGHTER_ID), data)
    assert page.status_code == 200
    assert "请填写姓名" in text_of(page)
    assert "请填写联系电话" in text_of(page)
    assert DAUGHTER_ID not in page.content.decode()
    assert not Case.objects.exists()


def test_an_error_keeps_all_that_was_typed_and_changes_nothing(
    clerk: Client, window: World
) -> None:
    data = sheet(
        window.matter(SUBSIDY), c_name="林<晓梅", bank_card="12ab", bank_name="三峡银行",
        c_identity_checked=None, c_papers=["disability_card"], c_remark="下午再来",
    )  # fmt: skip
    page = sent(clerk, scanned(clerk), data)
    assert page.status_code == 200
    text = text_of(page)
    for told in ("姓名只能有汉字", "银行卡号应为12至19位数字", "须先核验身份，再勾选此项"):
        assert told in text
    assert "<title>错误：" in page.content.decode()
    assert value_of(page, "bank_card") == "12ab"
    assert value_of(page, "bank_name") == "三峡银行"
    assert value_of(page, "c-name") == "林&lt;晓梅"
    assert value_of(page, "c-remark") == "下午再来"
    ticked = page.content.decode().split('value="disability_card"')[1].split(">")[0]
    assert "checked" in ticked
    assert not Case.objects.exists()


def test_a_paper_that_must_be_there_is_named_before_anything_is_written(
    clerk: Client, window: World
) -> None:
    papers = [{"code": "will", "name": "委托书原件", "form": "original"},
              {"code": "photo", "name": "近期照片", "missing_ok": True}]  # fmt: skip
    version = window.matter(SUBSIDY, materials=papers)
    page = sent(clerk, scanned(clerk), sheet(version, c_papers=["photo"]))
    assert "缺少必要材料：委托书原件。可先存草稿，或登记不予收件。" in text_of(page)
    assert not Case.objects.exists()
    case = handed_in(clerk, scanned(clerk), sheet(version, c_papers=["will"]))
    assert dict(case.materials.values_list("code", "status")) == {
        "will": "handed_in", "photo": "owed"
    }  # fmt: skip


def test_a_card_read_into_the_wrong_box_does_not_become_data(clerk: Client, window: World) -> None:
    for box in ({"bank_name": LIN_ID}, {"c_remark": f"补 {LIN_ID[:9]} {LIN_ID[9:]}"}):
        page = sent(clerk, scanned(clerk), sheet(window.matter(SUBSIDY), **box))
        assert "这里像是误扫了身份证，请改正" in text_of(page)
    assert not Case.objects.exists()


def test_the_same_sheet_sent_twice_is_one_case(clerk: Client, window: World) -> None:
    key, data = scanned(clerk), sheet(window.matter(SUBSIDY))
    first = handed_in(clerk, key, data)
    assert sent(clerk, key, data)["Location"] == visit_path(key, "done/")
    assert clerk.get(visit_path(key))["Location"] == visit_path(key, "done/")
    assert list(Case.objects.values_list("pk", "seq")) == [(first.pk, 2)]
    assert Document.objects.filter(case=first).count() == 1


def test_where_the_second_step_fails_the_first_stands_and_the_page_says_so(
    clerk: Client, window: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(case_id: int, *_: Any, **__: Any) -> None:
        situation = situation_for(Case.objects.get(pk=case_id), window.actor("clerk_cq"))
        raise InvalidData(CollectForm({}, situation=situation))

    monkeypatch.setattr(intake, "perform", refuses)
    key = scanned(clerk)
    case = handed_in(clerk, key, sheet(window.matter(SUBSIDY)))
    assert case.state == "submitted"
    page = text_of(clerk.get(visit_path(key, "done/")))
    assert f"办件 {case.number} 已登记，但“收件”没有完成：须先核验身份" in page
    assert "办件已登记，收件还没有完成" in page


def test_a_daughter_acts_for_her_father_in_her_own_name(clerk: Client, window: World) -> None:
    key = scanned(clerk, DAUGHTER_ID)
    assert (
        clerk.post(visit_path(key, "for/"), {"for_id": ZHOU_ID, "role": "auto"}).status_code == 302
    )
    page = clerk.get(visit_path(key, f"?matter={window.matter(SUBSIDY).matter.slug}"))
    text = text_of(page)
    assert "5117**********0025" in text
    assert "到场人（代理人）" in text
    assert '<option value="511702" selected>' in page.content.decode()

    case = handed_in(clerk, key, sheet(
        window.matter(SUBSIDY), c_name="周晓燕", c_for_name="周德福", c_relation="子女",
        c_authority="2026年11月1日的授权委托书", c_scope=["sign", "supplement"],
        c_expires_on=(timezone.localdate() + dt.timedelta(30)).isoformat(),
        beneficiary_name="", beneficiary_id="",
    ))  # fmt: skip
    father, daughter = case.parties.order_by("pk")
    assert (father.role, father.name, father.id_number) == ("applicant", "周德福", ZHOU_ID)
    assert (daughter.role, daughter.name, daughter.id_number) == ("agent", "周晓燕", DAUGHTER_ID)
    assert (daughter.relation, daughter.scope) == ("子女", ["sign", "supplement"])
    assert daughter.expires_on == timezone.localdate() + dt.timedelta(30)
    assert (case.applicant_name, answers_of(case)["beneficiary_id"]) == ("周德福", ZHOU_ID)


def test_an_authority_that_has_run_out_or_lacks_signing_is_refused(
    clerk: Client, window: World
) -> None:
    key = scanned(clerk, DAUGHTER_ID)
    clerk.post(visit_path(key, "for/"), {"for_id": ZHOU_ID, "role": "agent"})
    for wrong, told in (
        ({"c_expires_on": "2020-01-01"}, "授权已经过期，不能代为申请"),
        ({"c_expires_on": "31/12"}, "请填写日期"),
        ({"c_scope": ["supplement"]}, "没有“签署”的授权，不能代为申请"),
        ({"c_scope": ["everything"]}, "请从选项中选择"),
        ({"c_relation": ""}, "请填写与申请人的关系"),
    ):
        data = sheet(window.matter(SUBSIDY), c_name="周晓燕", c_for_name="周德福",
                     c_authority="委托书", **({"c_relation": "子女", "c_scope": ["sign"]} | wrong))  # fmt: skip
        assert told in text_of(sent(clerk, key, data))
    assert not Case.objects.exists()


def test_for_a_child_the_one_at_the_window_is_the_guardian(clerk: Client, window: World) -> None:
    key = scanned(clerk)
    clerk.post(visit_path(key, "for/"), {"for_id": CHILD_ID, "role": "auto"})
    data = sheet(
        window.matter(ORPHAN), c_name="", c_phone="", c_for_name="周小宝", c_relation="祖父母",
        c_authority="户口簿", child_name="", child_id="", guardian_name="", guardian_id="", phone="",
    )  # fmt: skip
    case = handed_in(clerk, key, data)
    assert [p.role for p in case.parties.order_by("pk")] == ["applicant", "guardian"]
    answers = answers_of(case)
    assert (answers["child_name"], answers["child_id"]) == ("周小宝", CHILD_ID)
    assert (answers["guardian_name"], answers["guardian_id"]) == ("林晓梅", LIN_ID)
    assert Party.objects.get(case=case, role="guardian").user == window.citizen


def test_an_enterprises_handler_acts_for_the_enterprise(clerk: Client, window: World) -> None:
    version = window.matter(LICENCE)
    key = scanned(clerk)
    clerk.post(visit_path(key, "for/"), {"for_id": ENTERPRISE.lower(), "role": "auto"})
    assert ENTERPRISE in text_of(clerk.get(visit_path(key, f"?matter={version.matter.slug}")))
    case = handed_in(clerk, key, sheet(
        version, c_name="", c_for_name="万州示范商贸有限公司", c_relation="单位经办人",
        c_authority="单位介绍信", c_scope=["sign"],
    ))  # fmt: skip
    assert case.applicant_name == "万州示范商贸有限公司"
    assert case.parties.get(role="applicant").id_number == ENTERPRISE


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (LIN_ID, "这是到场人本人的身份证；本人办理不用填写"),
        (ZHOU_ID[:-1] + "9", "身份证号码的校验位不正确"),
        ("", "请刷身份证，或输入身份证号码"),
    ],
)
def test_a_wrong_card_of_the_applicant_is_told_and_changes_nothing(
    clerk: Client, typed: str, told: str
) -> None:
    key = scanned(clerk)
    page = clerk.post(visit_path(key, "for/"), {"for_id": typed, "role": "auto"})
    assert told in text_of(page)
    assert "申请人（本人到场）" in text_of(clerk.get(visit_path(key)))


def test_and_back_to_acting_for_oneself(clerk: Client) -> None:
    key = scanned(clerk)
    clerk.post(visit_path(key, "for/"), {"for_id": ZHOU_ID, "role": "auto"})
    clerk.post(visit_path(key, "for/"), {"self": "1"})
    assert "申请人（本人到场）" in text_of(clerk.get(visit_path(key)))


@pytest.mark.parametrize(
    ("matter", "state"),
    [
        ("道路运输从业资格证补发", "received"),
        ("川渝两地户口迁移", "received"),
        ("住房公积金异地转移接续", "accepting"),
    ],
)
def test_a_window_helps_with_what_is_decided_elsewhere(
    clerk: Client, at: SignedIn, window: World, matter: str, state: str
) -> None:
    version = window.matter(matter)
    key = scanned(clerk)
    page = text_of(clerk.get(visit_path(key, f"?matter={version.matter.slug}")))
    assert "代为提交，出具凭证" in page
    regions = {"move_out_region": "511702", "move_in_region": "500101",
               "receiving_region": "500101", "sending_region": "511702"}  # fmt: skip
    asked = {field["code"] for field in version.definition["fields"]}
    data = sheet(version, **{code: r for code, r in regions.items() if code in asked})
    case = handed_in(clerk, key, data)
    assert case.state == state
    assert case.channel == "window"
    done = text_of(clerk.get(visit_path(key, "done/")))
    assert "已代为提交" in done
    receipt = Document.objects.get(case=case, kind="receipt")
    assert receipt.number in done
    assert clerk.get(f"/documents/{receipt.number}/").status_code == 200
    assert clerk.get(f"/desk/{case.number}/").status_code == 200
    assert at("clerk_elsewhere").get(f"/desk/{case.number}/").status_code == 404


def test_the_result_page_is_the_offices_alone(clerk: Client, at: SignedIn, window: World) -> None:
    key = scanned(clerk)
    handed_in(clerk, key, sheet(window.matter(SUBSIDY)))
    assert at("clerk_cq_2").get(visit_path(key, "done/")).status_code == 200
    assert at("clerk_elsewhere").get(visit_path(key, "done/")).status_code == 404


def test_the_same_person_with_another_matter_need_not_show_the_card_again(
    clerk: Client, window: World
) -> None:
    key = scanned(clerk)
    handed_in(clerk, key, sheet(window.matter(SUBSIDY)))
    again = clerk.post(visit_path(key, "again/"))["Location"]
    assert str(key) not in again
    assert "5001**********0013" in text_of(clerk.get(again))
    assert SUBSIDY in text_of(clerk.get(again))


def test_a_version_that_came_into_force_meanwhile_is_shown_before_anything_is_sent(
    clerk: Client, window: World
) -> None:
    page = sent(clerk, scanned(clerk), sheet(window.matter(SUBSIDY), c_version="999999"))
    assert "事项刚刚更新为新版本，请核对后再提交。" in text_of(page)
    assert value_of(page, "bank_name") == "示范"
    assert not Case.objects.exists()


def test_hostile_values_get_their_fields_errors(clerk: Client, window: World) -> None:
    key = scanned(clerk)
    page = sent(clerk, key, sheet(
        window.matter(SUBSIDY), c_papers=["../../etc/passwd"], household_region="999999",
        disability_kind="<b>", bank_name="银" * 5000, c_phone="1" * 400, phone="'; DROP TABLE",
    ))  # fmt: skip
    text = text_of(page)
    for told in ("所选材料不在本事项的清单内", "请从列表中选择", "请从给出的选项中选择",
                 "最多60个字符", "最多13个字符", "请填写11位手机号"):  # fmt: skip
        assert told in text, told
    assert "<b>" not in page.content.decode()
    assert not Case.objects.exists()
