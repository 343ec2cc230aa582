"""林晓梅 in 重庆 applies for what 达州 decides: page by page, left and found again, handed in once."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from pytest_django import Settings

from matters.catalogue.models import MatterVersion
from tests.portal.applying import Applying, publish_next, sent, shown
from tests.portal.conftest import signed_in
from tests.world import LIN_ID, SUBSIDY, ZHOU_ID, World, answers_for
from tongban.accounts.personal.rotation import rotate
from workflows.cases.models import Case, Draft, Event, Material, Party, Upload

Counting = Callable[[int], AbstractContextManager[object]]
TRANSFER = "住房公积金异地转移接续"


@pytest.fixture
def window(world: World) -> int:
    return world.office("500101", "service_center").pk


def test_she_fills_in_page_by_page_and_gets_a_receipt(
    world: World, applying: Applying, window: int
) -> None:
    tasks = f"/apply/{applying.key}/"
    assert applying.answer["Location"] == tasks
    assert applying.for_myself()["Location"] == tasks
    assert applying.at_window(window)["Location"] == tasks
    assert applying.with_answers()["Location"] == tasks
    applying.post("papers/", way="shared")
    answer = applying.hand_in()
    case = Case.objects.get(draft_key=applying.key)
    assert answer["Location"] == f"/my/{case.number}/receipt/"
    assert not Draft.objects.exists()
    assert (case.state, case.office_of("collector")) == ("submitted", window)
    assert case.owner_province == "510000"
    notes = list(
        Material.objects.filter(case=case, is_required=True).values_list("note", flat=True)
    )
    assert notes == ["申请人同意用共享数据核验，免交"] * 2


def test_what_she_typed_is_sealed_in_the_draft_and_masked_on_every_page(
    applying: Applying, window: int
) -> None:
    applying.whole(window)
    kept = str([applying.draft.data, applying.draft.parties, applying.draft.answers])
    for secret in (ZHOU_ID, "13800000000", "6222020000000000008"):
        assert secret not in kept
    for page in ("", "who/", "me/", "form/", "check/"):
        html = shown(applying.get(page))
        for secret in (ZHOU_ID, LIN_ID, "13800000000", "13900000001", "6222020000000000008"):
            assert secret not in html, page
    assert "周德福" in shown(applying.get("check/"))
    assert "5117**********0025" in shown(applying.get("form/"))


def test_a_number_left_empty_stays_but_only_for_the_same_person(
    applying: Applying, window: int
) -> None:
    applying.whole(window)
    before = applying.draft.data["beneficiary_id"]
    applying.with_answers(beneficiary_id="", bank_card="", phone="")
    assert applying.draft.data["bank_name"] == "示范"
    assert "还不能提交" not in shown(applying.get("check/"))
    answer = applying.with_answers(beneficiary_id="", beneficiary_name="别的人")
    assert "请填写残疾人身份证号" in shown(answer)
    assert applying.draft.data["beneficiary_name"] == "周德福"
    assert bool(before)


def test_half_a_form_can_be_saved_for_later(applying: Applying) -> None:
    answer = applying.post("form/", beneficiary_name="周德福", later="1")
    assert answer["Location"] == f"/apply/{applying.key}/"
    assert applying.draft.data["beneficiary_name"] == "周德福"
    page = shown(applying.get())
    assert "已保存，还有" in page
    assert "进行中" in page


def test_what_is_wrong_is_named_even_when_the_rest_is_saved(applying: Applying) -> None:
    page = shown(applying.post("form/", beneficiary_name="周德福", beneficiary_id="123", later="1"))
    assert "身份证号码应为 18 位，您填写了 3 位。" in page
    assert 'value="123"' in page
    assert applying.draft.data["beneficiary_name"] == "周德福"
    assert applying.draft.data.get("beneficiary_id") is None


def test_a_form_with_errors_saves_nothing_and_keeps_what_was_typed(applying: Applying) -> None:
    page = shown(applying.with_answers(beneficiary_id="511702195505050026", bank_name="农商行"))
    assert "身份证号码的校验位不正确" in page
    assert 'value="511702195505050026"' in page
    assert 'value="农商行"' in page
    assert applying.draft.data == {}


def test_the_draft_survives_leaving_and_signing_out(
    world: World, applying: Applying, window: int
) -> None:
    applying.whole(window)
    applying.client.post("/sign-out/")
    answer = applying.get("form/")
    assert answer["Location"] == f"/sign-in/?next=/apply/{applying.key}/form/"
    applying.client = signed_in(world.people["citizen"])
    assert "周德福" in shown(applying.get("form/"))
    assert applying.version.matter.name in shown(applying.client.get("/"))


def test_a_visitor_signs_in_first_and_comes_back(world: World) -> None:
    slug = world.matter(SUBSIDY).matter.slug
    answer = Client().get(f"/matters/{slug}/apply/")
    assert answer["Location"] == f"/sign-in/?next=/matters/{slug}/apply/"


def test_a_double_click_begins_one_draft(applying: Applying) -> None:
    applying.begin()
    assert Draft.objects.count() == 1


def test_somebody_elses_id_begins_nothing(applying: Applying, outsider: Client) -> None:
    path = f"/matters/{applying.version.matter.slug}/apply/"
    assert outsider.post(path, {"key": str(applying.key)}).status_code == 404
    assert Draft.objects.get().user.username == "citizen"
    assert outsider.post(path, {"key": "no id at all"}).status_code == 302


def test_she_can_go_on_with_one_or_begin_another(applying: Applying) -> None:
    applying.for_myself()
    page = shown(applying.client.get(f"/matters/{applying.version.matter.slug}/apply/"))
    assert "为林晓梅申请" in page
    assert "另填一份" in page


def test_there_is_an_end_to_the_drafts_of_one_person(
    applying: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.portal.apply.start.MOST_DRAFTS", 1)
    path = f"/matters/{applying.version.matter.slug}/apply/"
    answer = applying.client.post(path, {"key": str(uuid.uuid4())}, follow=True)
    assert "您已有 1 份未提交的申请" in shown(answer)
    assert Draft.objects.count() == 1


def test_nothing_is_handed_in_before_it_is_whole(applying: Applying) -> None:
    page = shown(applying.hand_in())
    assert "还不能提交" in page
    assert "请选择为谁办理" in page
    assert not Case.objects.exists()
    assert "暂不能开始" in shown(applying.get())


def test_nothing_is_handed_in_without_the_promise(applying: Applying, window: int) -> None:
    applying.whole(window)
    assert "请先阅读并勾选承诺" in shown(applying.post("check/"))
    assert not Case.objects.exists()


def test_the_button_again_leads_to_the_same_receipt(applying: Applying, window: int) -> None:
    first = applying.whole(window).hand_in()
    again = applying.hand_in()
    assert again["Location"] == first["Location"]
    assert applying.get("form/")["Location"] == first["Location"]
    assert applying.begin().status_code == 302, "an old page begins a new one"
    assert Case.objects.count() == 1


def test_should_the_draft_outlive_its_case_it_leads_there(
    world: World, applying: Applying, window: int
) -> None:
    draft = applying.whole(window).draft
    answer = applying.hand_in()
    draft.save()
    assert applying.hand_in()["Location"] == answer["Location"]
    assert Case.objects.count() == 1


def test_the_case_says_who_filled_in_what(applying: Applying, window: int) -> None:
    applying.whole(window).hand_in()
    assert Event.objects.get().data["filled_by"] == {
        "申请人": "林晓梅",
        "在哪里办": "林晓梅",
        "申请内容": "林晓梅",
        "提交材料": "林晓梅",
    }


def test_files_go_along_with_the_case(applying: Applying, window: int) -> None:
    applying.whole(window)
    applying.post("papers/disability_card/", sent=sent())
    applying.hand_in()
    paper = Material.objects.get(code="disability_card")
    assert paper.status == Material.Status.HANDED_IN
    assert list(paper.uploads.all()) == [Upload.objects.get(case=paper.case)]


def test_a_matter_without_a_window_asks_for_the_county_only(world: World, lin: Client) -> None:
    online = Applying(lin, world.matter(TRANSFER))
    online.for_myself()
    assert online.post("where/", at="500101")["Location"] == f"/apply/{online.key}/"
    assert online.get("window/")["Location"] == f"/apply/{online.key}/where/"
    online.with_answers(receiving_region="500101", sending_region="511702")
    online.post("papers/", way="shared")
    assert online.hand_in()["Location"].endswith("/receipt/")


def test_another_county_asks_for_another_window(applying: Applying, window: int) -> None:
    applying.whole(window)
    applying.post("where/", at="500103")
    assert "请选择收件窗口" in shown(applying.get("check/"))


def test_a_window_that_has_closed_is_noticed(world: World, applying: Applying, window: int) -> None:
    applying.whole(window)
    office = world.office("500101", "service_center")
    office.valid_to = dt.date(2020, 1, 1)
    office.save()
    assert "所选的收件窗口不再办理这个事项，请重新选择" in shown(applying.hand_in())
    assert not Case.objects.exists()


def test_a_township_window_is_the_place_of_handing_in(world: World, applying: Applying) -> None:
    applying.whole(world.office("500101901", "township_center").pk)
    applying.hand_in()
    assert Case.objects.get().origin_region_id == "500101901"


def test_a_new_version_takes_over_what_still_fits_and_names_the_rest(
    applying: Applying, window: int
) -> None:
    applying.whole(window)
    applying.post("papers/disability_card/", sent=sent())
    fields = applying.version.definition["fields"]
    changed = [f for f in fields if f["code"] != "bank_name"]
    changed = [
        f | {"choices": [["x", "甲"]]} if f["code"] == "disability_level" else f for f in changed
    ]
    papers = [m for m in applying.version.definition["materials"] if m["code"] == "identity"]
    version = publish_next(applying.version, fields=changed, materials=papers)
    page = shown(applying.get())
    assert "已更新为第 2 版" in page
    assert "以下内容需要重填或不再需要：残疾等级、开户银行。" in page
    assert "以下材料不再需要，已删除：残疾人证。" in page
    draft = applying.draft
    assert draft.version == version
    assert draft.data["beneficiary_name"] == "周德福"
    assert not Upload.objects.exists()
    assert "还有 1 项需要填写或改正" in shown(applying.hand_in())
    applying.post("form/", **answers_for(version))
    applying.hand_in()
    assert Case.objects.get().version == version


def test_a_question_that_changed_its_kind_is_asked_anew(applying: Applying, window: int) -> None:
    applying.whole(window)
    fields = applying.version.definition["fields"]
    changed = [f | {"kind": "phone"} if f["code"] == "bank_card" else f for f in fields]
    publish_next(applying.version, fields=changed)
    assert "收款银行卡号" in shown(applying.get())
    assert applying.get("form/").status_code == 200


def test_a_matter_that_has_closed_keeps_the_draft(applying: Applying) -> None:
    MatterVersion.objects.filter(pk=applying.version.pk).update(valid_to=dt.date(2026, 1, 2))
    answer = applying.get("form/")
    assert answer.status_code == 410
    assert "目前不接受新的申请" in shown(answer)
    assert Draft.objects.count() == 1
    assert applying.post("delete/")["Location"] == "/"
    assert not Draft.objects.exists()


def test_a_draft_can_be_deleted_with_its_files(applying: Applying, uploads: object) -> None:
    applying.post("papers/disability_card/", sent=sent())
    assert "要删除这份草稿吗" in shown(applying.get("delete/"))
    applying.post("delete/")
    assert (Draft.objects.count(), Upload.objects.count()) == (0, 0)
    assert not [p for p in uploads.rglob("*") if p.is_file()]  # type: ignore[attr-defined]


def test_a_draft_is_nobody_elses(applying: Applying, outsider: Client) -> None:
    pages = ["", "who/", "me/", "person/", "others/", "where/", "window/", "form/", "papers/"]
    pages += ["papers/identity/", "check/", "delete/"]
    for page in pages:
        assert outsider.get(f"/apply/{applying.key}/{page}").status_code == 404, page
        assert outsider.post(f"/apply/{applying.key}/{page}").status_code in (404, 405), page
    assert Draft.objects.count() == 1


def test_an_account_for_work_does_not_apply(world: World) -> None:
    clerk = signed_in(world.people["clerk_cq"])
    answer = clerk.get(f"/matters/{world.matter(SUBSIDY).matter.slug}/apply/")
    assert answer.status_code == 403
    assert "请用个人账号申请" in shown(answer)


def test_whoever_is_named_with_an_account_sees_the_case_too(
    world: World, applying: Applying, window: int
) -> None:
    zhou = world.people["daughter"]
    zhou.name, zhou.id_number = "周德福", ZHOU_ID
    zhou.save()
    applying.post("who/", on_behalf="helper")
    applying.post(
        "person/",
        name="周德福",
        id_number=ZHOU_ID,
        relation="网格员",
        authority="村委会帮办登记",
        scope=["sign", "supplement"],
        expires_on_year="2027",
        expires_on_month="1",
        expires_on_day="1",
    )
    applying.at_window(window)
    applying.with_answers()
    applying.post("papers/", way="window")
    applying.hand_in()
    roles = dict(Party.objects.values_list("role", "user__username"))
    assert roles == {"applicant": "daughter", "agent": "citizen"}
    agent = Party.objects.get(role="agent")
    assert (agent.relation, agent.authority) == ("网格员", "村委会帮办登记")
    assert (agent.scope, agent.expires_on) == (["sign", "supplement"], dt.date(2027, 1, 1))
    assert agent.id_number == LIN_ID


def test_no_page_costs_more_with_many_files_and_people(
    world: World, applying: Applying, window: int, django_assert_num_queries: Counting
) -> None:
    # Session, user, draft, version, unread messages; and what the page itself asks.
    costs = {
        "": 11,  # numbers of the account, window with its claim, files, registers, pauses
        "who/": 6,  # numbers
        "others/": 6,  # numbers
        "where/": 5,
        "window/": 9,  # townships, offices, claims, county
        "form/": 6,  # numbers
        "papers/": 7,  # files, registers
        "papers/identity/": 7,  # files, registers
        "check/": 13,  # numbers, registers; window and files for the sections, and to show them
    }
    applying.whole(window)
    for page in costs:
        applying.get(page)
    for page, cost in costs.items():
        with django_assert_num_queries(cost):
            applying.get(page)
    Upload.objects.bulk_create(
        Upload(
            owner=world.people["citizen"],
            draft_key=applying.key,
            material_code="identity",
            name=f"第{n}页.jpg",
            content_type="image/jpeg",
            size=1,
            sha256=str(n),
        )
        for n in range(20)
    )
    for n in range(6):
        applying.post("others/", role="contact", name="周晓燕", phone=f"1370000000{n}")
    for page, cost in costs.items():
        with django_assert_num_queries(cost):
            applying.get(page)


def test_handing_in_costs_as_much_as_opening_a_case_and_little_more(
    applying: Applying, window: int, django_assert_max_num_queries: Counting
) -> None:
    applying.whole(window)
    with django_assert_max_num_queries(30):
        applying.hand_in()


def test_a_draft_reads_on_after_the_keys_have_been_rotated(
    world: World, applying: Applying, window: int, settings: Settings
) -> None:
    old = list(settings.PERSONAL_DATA_KEYS)
    applying.whole(window)
    applying.post("me/", phone="13700000007")
    applying.post("others/", role="guardian", name="周德福", id_number=ZHOU_ID)
    settings.PERSONAL_DATA_KEYS = [("next-year", os.urandom(32)), *old]
    assert rotate().unreadable == set()
    settings.PERSONAL_DATA_KEYS = settings.PERSONAL_DATA_KEYS[:1]
    page = shown(applying.get("check/"))
    assert "137****0007" in page
    assert page.count("5117**********0025") == 2
    assert applying.hand_in()["Location"].endswith("/receipt/")
