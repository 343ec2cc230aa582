"""An application in which four of six papers came from shared data, with the ledger of who looked."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.portal.applying import Applying, sent, shown
from tests.portal.conftest import signed_in
from tests.sharing.registers import registered
from tests.sharing.wanting import wanted_by
from tests.world import LIN_ID, World, at
from tongban.sharing import ledger
from tongban.sharing.asking import ConsentMissing, NotOnTheList, answer, open_answer, owe
from tongban.sharing.models import Consent, LedgerIsAppendOnly, LookUp, Record
from workflows.cases.models import Case, Material
from workflows.cases.shared_materials import SUBJECT

FOUR = ["居民身份信息", "居民户籍信息", "残疾人证", "最低生活保障信息"]
NOW = at("2026-09-21 10:00")
CODES = ["identity", "household", "disability_card", "living", "permit"]


def agree(six: Applying, *codes: str) -> str:
    return shown(six.client.post(f"/apply/{six.key}/shared/", {"agreed": codes}, follow=True))


def handed_in(six: Applying) -> Case:
    """Four from registers, one brought to the window, one uploaded."""
    registered(FOUR)
    agree(six, *CODES)
    six.post("papers/permit/way/", way="window")
    six.post("papers/application/", sent=sent(name="申请表.jpg"))
    assert six.hand_in()["Location"].endswith("/receipt/")
    return Case.objects.get(draft_key=six.key)


def test_she_sees_what_would_be_asked_before_she_agrees(six: Applying) -> None:
    page = shown(six.get("shared/"))
    for words in (
        "四川省公安厅",  # the 属地's register
        "重庆市公安局",  # the 居住证 is kept where she lives
        "持有有效的残疾人证（是或否）",
        "残疾类别和等级（具体内容）",
        "通川区民政局",
        "政务数据共享条例",
        "林*梅",
        "保存多久",
    ):
        assert words in page, words
    assert LIN_ID not in page
    assert not LookUp.objects.exists()
    assert "请勾选同意查询的数据" in shown(six.post("shared/"))
    assert not Consent.objects.exists()


def test_four_of_six_papers_come_from_shared_data(registers: World, six: Applying) -> None:
    case = handed_in(six)
    states = dict(Material.objects.filter(case=case).values_list("code", "status"))
    assert [code for code, state in states.items() if state == "shared"] == CODES[:4]
    assert (states["permit"], states["application"]) == ("owed", "handed_in")
    page = shown(six.client.get(f"/my/{case.number}/"))
    assert page.count("免交，已核验") == 4
    assert "谁查过您的数据" in page
    assert "通川区民政局，您同意后查询" in page


def test_the_desk_sees_each_answer_with_its_source_and_opens_more_only_on_the_record(
    registers: World, six: Applying
) -> None:
    case = handed_in(six)
    look_up = LookUp.objects.get(material_code="disability_card")
    clerk = signed_in(registers.clerk_sc)
    page = shown(clerk.get(f"/desk/{case.number}/"))
    assert "共享数据：残疾人证" in page
    assert "四川省残疾人联合会" in page
    assert "肢体 三级" not in page
    path = f"/desk/{case.number}/shared/{look_up.pk}/"
    assert "至少 4 个字" in shown(clerk.post(path, {"reason": "看"}))
    assert "肢体 三级" in shown(clerk.post(path, {"reason": "核对残疾等级"}))
    # The window only helps: she agreed that the deciding office sees it.
    assert signed_in(registers.clerk_cq).get(path).status_code == 404
    told = shown(six.client.get(f"/my/{case.number}/"))
    assert "工作人员 通*办" in told
    assert "核对残疾等级" in told
    assert ledger.broken_in(SUBJECT, str(six.key)) is None


def test_what_is_kept_is_the_answer_and_no_number(six: Applying) -> None:
    handed_in(six)
    answered = LookUp.objects.exclude(state="owed")
    assert {look_up.id_number for look_up in answered} == {None}
    card = LookUp.objects.get(material_code="disability_card")
    assert "肢体" not in str(card.answer)
    assert [q["yes"] for q in card.answer["questions"]] == [True]
    assert set(Record.objects.values_list("outcome", flat=True)) == {"confirmed", "not_found"}
    assert Record.objects.count() == 5
    assert "通川区民政局" in Consent.objects.first().wording  # type: ignore[union-attr]


def test_the_ledger_can_only_grow_and_shows_a_forged_entry(six: Applying) -> None:
    handed_in(six)
    record = Record.objects.latest("id")
    for attempt in (record.delete, record.save, Record.objects.all().delete):
        with pytest.raises(LedgerIsAppendOnly):
            attempt()
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        Record.objects.filter(pk=record.pk)._raw_delete("default")
    record.pk, record.prev, record.outcome = None, record.hash, "confirmed"
    record._state.adding = True
    record.save()
    assert ledger.broken_in(SUBJECT, str(six.key)) == record


def test_who_is_not_found_brings_the_paper(six: Applying) -> None:
    registered(["居民户籍信息"])
    page = agree(six, "identity", "household")
    assert "居民身份信息未查到。请上传" in page
    assert "居民户籍信息已核验：一致" in page
    assert "未查到，请上传" in page
    paper = shown(six.get("papers/identity/"))
    assert "再查一次" in paper
    assert "免交" not in paper.split("其他方式")[1]
    six.post("papers/identity/", sent=sent())
    assert "已上传 1 个文件" in shown(six.get("papers/"))


def test_another_name_under_the_number_is_no_match(six: Applying) -> None:
    registered(FOUR, name="别的人")
    assert "核验不一致" in agree(six, "identity")


def test_taking_it_back_ends_the_look_up(six: Applying) -> None:
    registered(FOUR)
    agree(six, "identity")
    assert "已核验" in shown(six.get("papers/"))
    six.post("papers/identity/way/", way="")
    assert "已核验" not in shown(six.get("papers/"))
    assert LookUp.objects.get().state == "dropped"
    assert LookUp.objects.get().answer == {}


def test_an_answer_about_somebody_else_does_not_stand_in(six: Applying) -> None:
    registered(FOUR)
    agree(six, "identity")
    six.post("who/", on_behalf="family")
    six.post("person/", name="周德福", id_number="511702195505050025", relation="父母")
    assert "已核验" not in shown(six.get("papers/"))


def test_one_button_leads_all_papers_to_one_preview(six: Applying) -> None:
    assert six.post("papers/", way="shared")["Location"] == f"/apply/{six.key}/shared/"
    one = six.post("papers/permit/way/", way="shared")["Location"]
    assert one == f"/apply/{six.key}/shared/?paper=permit"
    assert shown(six.client.get(one)).count('name="agreed"') == 1


def test_what_decides_the_office_is_asked_first(registers: World, six: Applying) -> None:
    draft = six.draft
    draft.data.pop("household_region")
    draft.save()
    assert "才知道数据提供给哪个办理机构" in shown(
        six.client.get(f"/apply/{six.key}/shared/", follow=True)
    )


def test_no_office_asks_beyond_the_list_or_without_consent(registers: World, six: Applying) -> None:
    with pytest.raises(ConsentMissing):
        owe(wanted=wanted_by(registers), consent=None, at=NOW)
    with pytest.raises(NotOnTheList):
        owe(wanted=wanted_by(registers, "transport"), consent=None, at=NOW)
    assert not LookUp.objects.exists()


def test_nothing_is_asked_inside_a_transaction(six: Applying) -> None:
    registered(FOUR)
    agree(six, "identity")
    look_up = LookUp.objects.get()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        answer(look_up.pk, by=None, now=NOW)


def test_at_the_window_she_agrees_on_paper_and_the_clerk_asks(
    registers: World, six: Applying
) -> None:
    six.post("papers/", way="window")
    for code in (*CODES, "application"):
        six.post(f"papers/{code}/way/", way="window")
    six.hand_in()
    case = Case.objects.get(draft_key=six.key)
    registered(["居民身份信息"])
    clerk, path = signed_in(registers.clerk_cq), f"/desk/{case.number}/registers/identity/"
    assert path in shown(clerk.get(f"/desk/{case.number}/"))
    assert "四川省公安厅" in shown(clerk.get(path))
    assert "没有申请人的同意不能查询" in shown(clerk.post(path))
    assert not Consent.objects.exists()
    done = shown(clerk.post(path, {"agreed": "on"}, follow=True))
    assert "居民身份信息已核验：一致" in done
    consent = Consent.objects.get()
    assert (consent.channel, consent.recorded_by.username) == ("window", "clerk-cq")
    assert Material.objects.get(case=case, code="identity").status == "shared"
    assert clerk.get(path).status_code == 404, "it is answered"
    for who in ("clerk_elsewhere", "supervisor_sc"):
        there = path.replace("identity", "living")
        assert signed_in(registers.people[who]).get(there).status_code == 404


def test_another_office_than_she_agreed_to_never_sees_it(registers: World, six: Applying) -> None:
    registered(FOUR)
    agree(six, "identity")
    six.post("papers/", way="window")
    for code in (*CODES[1:], "application"):
        six.post(f"papers/{code}/way/", way="window")
    six.with_answers(household_region="511703")
    six.hand_in()
    case = Case.objects.get(draft_key=six.key)
    assert LookUp.objects.get().state == "dropped"
    assert Material.objects.get(case=case, code="identity").status == "owed"
    page = shown(signed_in(registers.clerk_elsewhere).get(f"/desk/{case.number}/"))
    assert "共享数据：" not in page


def test_the_window_sees_the_outcome_and_not_the_answer(registers: World, six: Applying) -> None:
    case = handed_in(six)
    page = shown(signed_in(registers.clerk_cq).get(f"/desk/{case.number}/"))
    assert "共享数据：残疾人证" in page
    assert "持有有效的残疾人证" not in page
    assert "肢" not in page


def test_the_pages_cost_the_same_however_often_somebody_looked(
    registers: World, six: Applying
) -> None:
    case = handed_in(six)
    look_up = LookUp.objects.get(material_code="disability_card")
    clerk = signed_in(registers.clerk_sc)
    pages = [(six.client, f"/my/{case.number}/"), (clerk, f"/desk/{case.number}/")]

    def costs() -> list[int]:
        found = []
        for client, page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as asked:
                client.get(page)
            found.append(len(asked))
        return found

    few = costs()
    for _ in range(30):
        open_answer(
            look_up=look_up, viewer=registers.clerk_sc, office_id=look_up.office_id,
            reason="核对残疾等级", at=NOW,
        )  # fmt: skip
    assert costs() == few
    assert shown(six.client.get(pages[0][1])).count("查看了具体内容") == 30
