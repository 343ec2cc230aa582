"""为谁办: for oneself, for a child, a parent, a villager, an enterprise; each with what it needs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.portal.applying import Applying, shown
from tests.portal.conftest import signed_in
from tests.world import LIN_ID, SUBSIDY, ZHOU_ID, World
from workflows.cases.models import Party
from workflows.portal.apply.people import is_minor

COMPANY = "企业及分支机构设立"
USCC = "91500101MA5U00001K"


def agent(**changes: Any) -> dict[str, Any]:
    """What a daughter fills in for her father."""
    return {
        "name": "周德福",
        "id_number": ZHOU_ID,
        "relation": "子女",
        "authority": "2026年3月1日的授权委托书",
        "scope": ["sign", "supplement", "withdraw"],
        "expires_on_year": "2027",
        "expires_on_month": "3",
        "expires_on_day": "1",
    } | changes


def child_id(years: int) -> str:
    """An invented ID number of somebody who became that old today."""
    from stdnum.cn import ric

    born = timezone.localdate().replace(year=timezone.localdate().year - years)
    body = f"511702{born:%Y%m%d}002"
    return f"{body}{ric.calc_check_digit(body + '0')}"


def test_for_herself_her_account_says_who_she_is(applying: Applying) -> None:
    page = shown(applying.get("who/"))
    assert "5001**********0013" in page
    assert "139****0001" in page
    applying.for_myself()
    assert [p["role"] for p in applying.draft.parties] == ["applicant"]
    assert applying.draft.id_number_index


def test_what_her_account_does_not_know_is_asked(world: World, applying: Applying) -> None:
    lin = world.people["citizen"]
    lin.id_number = lin.phone = None
    lin.save()
    assert applying.for_myself()["Location"] == f"/apply/{applying.key}/me/"
    page = shown(applying.post("me/", id_number="123", phone=""))
    assert "身份证号码应为 18 位" in page
    assert "请填写手机号" in page
    answer = applying.post("me/", id_number=LIN_ID, phone="139 0000 0002")
    assert answer["Location"] == f"/apply/{applying.key}/"
    assert "已完成" in shown(applying.get())
    assert LIN_ID not in str(applying.draft.parties)


def test_another_phone_for_this_application(applying: Applying) -> None:
    applying.for_myself()
    applying.post("me/", id_number="", phone="13700000007")
    page = shown(applying.get("who/"))
    assert "137****0007" in page
    assert "5001**********0013" in page


def test_a_daughter_acts_in_her_own_name_for_her_father(applying: Applying) -> None:
    assert applying.post("who/", on_behalf="family")["Location"].endswith("/person/")
    answer = applying.post("person/", **agent())
    assert answer["Location"] == f"/apply/{applying.key}/"
    parties = applying.draft.parties
    assert [(p["role"], p["name"]) for p in parties] == [
        ("applicant", "周德福"),
        ("agent", "林晓梅"),
    ]
    assert ZHOU_ID not in str(parties)
    page = shown(applying.get("check/"))
    for words in (
        "替家人办",
        "2026年3月1日的授权委托书",
        "签署、补正材料、撤回申请",
        "2027年3月1日",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "请填写申请人姓名"),
        ({"name": "<script>"}, "姓名只能有汉字、字母"),
        ({"name": "长" * 51}, "最多50个字符"),
        ({"id_number": ""}, "请填写申请人身份证号"),
        ({"id_number": LIN_ID}, "这是您本人的证件号码"),
        ({"id_number": "511702195505050026"}, "校验位不正确"),
        ({"phone": "123"}, "请填写11位手机号"),
        ({"relation": ""}, "请选择您的身份"),
        ({"relation": "皇帝"}, "请从选项中选择"),
        ({"authority": ""}, "请写明依据的文书"),
        ({"authority": "长" * 201}, "最多200个字符"),
        ({"scope": []}, "请勾选授权事项"),
        ({"scope": ["everything"]}, "请从给出的选项中选择"),
        ({"scope": ["supplement"]}, "没有“签署”的授权，您不能提交申请"),
        ({"expires_on_year": ""}, "请补填年"),
        ({"expires_on_year": "2020"}, "授权截止日不能早于今天"),
        ({"expires_on_year": "2199"}, "授权期限最长 3 年"),
        ({"expires_on_month": "13"}, "没有这一天"),
    ],
)
def test_what_is_missing_of_an_authority_is_said(
    applying: Applying, changes: dict[str, Any], said: str
) -> None:
    applying.post("who/", on_behalf="family")
    before = applying.draft.parties
    page = shown(applying.post("person/", **agent(**changes)))
    assert said in page
    assert applying.draft.parties == before


def test_an_authority_that_has_run_out_holds_the_application_up(applying: Applying) -> None:
    applying.post("who/", on_behalf="helper")
    applying.post("person/", **agent(relation="网格员"))
    draft = applying.draft
    draft.parties[1]["expires_on"] = "2026-01-01"
    draft.save()
    assert "委托授权已过期，请更新授权期限" in shown(applying.get("check/"))


def test_a_known_number_stays_for_the_same_person_only(applying: Applying) -> None:
    applying.post("who/", on_behalf="family")
    applying.post("person/", **agent())
    assert "5117**********0025" in shown(applying.get("person/"))
    assert applying.post("person/", **agent(id_number="")).status_code == 302
    assert "姓名已更改，请重新填写证件号码" in shown(
        applying.post("person/", **agent(name="周德贵", id_number=""))
    )


def test_another_answer_to_for_whom_asks_anew(applying: Applying) -> None:
    applying.post("who/", on_behalf="family")
    applying.post("person/", **agent())
    applying.for_myself()
    assert [(p["role"], p["relation"]) for p in applying.draft.parties] == [("applicant", "")]
    assert applying.get("person/")["Location"].endswith("/who/")


def test_a_father_is_his_childs_guardian(applying: Applying) -> None:
    applying.post("who/", on_behalf="guardian")
    answer = applying.post(
        "person/", name="小明", id_number=child_id(9), relation="父亲", authority="出生医学证明"
    )
    assert answer["Location"] == f"/apply/{applying.key}/"
    assert [p["role"] for p in applying.draft.parties] == ["applicant", "guardian"]
    assert "申请人未满" not in shown(applying.get("check/"))


def test_a_minor_needs_a_guardian(applying: Applying) -> None:
    applying.post("who/", on_behalf="helper")
    applying.post("person/", **agent(name="小明", id_number=child_id(9), relation="网格员"))
    assert "申请人未满 18 周岁，请在“其他人员”中补充监护人" in shown(applying.get("check/"))
    applying.post("others/", role="guardian", name="周德福", id_number=ZHOU_ID, relation="祖父")
    assert "申请人未满" not in shown(applying.get("check/"))


def test_of_age_from_the_eighteenth_birthday() -> None:
    today = dt.date(2026, 11, 21)
    assert is_minor("511702200811220028", today)
    assert not is_minor("511702200811210022", today)
    assert not is_minor(USCC, today)


def test_an_enterprise_applies_through_its_handler(world: World, lin: Client) -> None:
    applying = Applying(lin, world.matter(COMPANY))
    page = shown(applying.get("who/"))
    assert "代表企业或单位办" in page
    assert "为我自己办" not in page, "the matter is for enterprises only"
    applying.post("who/", on_behalf="enterprise")
    answer = applying.post(
        "person/",
        **agent(name="重庆示范商贸有限公司", id_number=USCC, relation="受委托的经办人"),
    )
    assert answer["Location"] == f"/apply/{applying.key}/"
    assert "重庆示范商贸有限公司" in shown(applying.get("check/"))
    assert "重庆示范商贸有限公司" in shown(applying.get("form/"))


def test_a_matter_for_people_is_not_for_enterprises(applying: Applying) -> None:
    assert "代表企业或单位办" not in shown(applying.get("who/"))
    page = shown(applying.post("who/", on_behalf="enterprise"))
    assert "请从给出的选项中选择" in page
    assert applying.draft.answers == {}


def test_others_are_added_and_taken_out(applying: Applying) -> None:
    applying.for_myself()
    applying.post("others/", role="beneficiary", name="周德福", id_number=ZHOU_ID)
    applying.post("others/", role="contact", name="周晓燕", phone="13700000008")
    assert [p["role"] for p in applying.draft.parties] == ["applicant", "beneficiary", "contact"]
    assert "这个人已经添加过了" in shown(
        applying.post("others/", role="beneficiary", name="周德福", id_number=ZHOU_ID)
    )
    applying.post("others/0/remove/")
    applying.post("others/7/remove/")
    assert [p["role"] for p in applying.draft.parties] == ["applicant", "contact"]


def test_others_need_what_their_part_needs(applying: Applying) -> None:
    for data, said in (
        ({"role": "co_applicant", "name": "周德福"}, "请填写身份证号"),
        ({"role": "contact", "name": "周德福"}, "请填写联系人的电话"),
        ({"role": "applicant", "name": "周德福"}, "请从给出的选项中选择"),
        ({"name": "周德福"}, "请选择身份"),
    ):
        assert said in shown(applying.post("others/", **data))
    assert applying.draft.parties == []


def test_there_is_an_end_of_others(applying: Applying, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.portal.apply.who.MOST_OTHERS", 1)
    applying.post("others/", role="contact", name="周晓燕", phone="13700000008")
    page = shown(applying.post("others/", role="contact", name="周晓云", phone="13700000009"))
    assert "最多填写 1 人" in page


def test_all_of_them_become_parties_of_the_case(world: World, applying: Applying) -> None:
    applying.whole(world.office("500101", "service_center").pk)
    applying.post("others/", role="co_applicant", name="周德福", id_number=ZHOU_ID)
    applying.hand_in()
    found = Party.objects.order_by("id").values_list("role", "name")
    assert list(found) == [("applicant", "林晓梅"), ("co_applicant", "周德福")]
    lin = Party.objects.get(role="applicant")
    assert (lin.id_number, lin.phone) == (LIN_ID, "13900000001")


def test_a_helper_has_drafts_for_many(world: World) -> None:
    helper = signed_in(world.people["daughter"])
    first = Applying(helper, world.matter(SUBSIDY))
    second = Applying(helper, world.matter(SUBSIDY))
    assert first.key != second.key
    assert first.get().status_code == second.get().status_code == 200
