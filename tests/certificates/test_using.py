"""A certificate in the place of a paper: chosen, checked when handed in, and again when it is decided."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from tests import journeys
from tests.certificates.stating import fetched, state
from tests.portal.applying import Applying, sent
from tests.world import LIN_ID, SUBSIDY, World
from tongban.certificates.kinds import SICHUAN
from tongban.certificates.models import Certificate, Inquiry, Use
from workflows.cases.models import Case, Draft

pytestmark = pytest.mark.django_db
PAPER = "disability_card"


@pytest.fixture
def applying(registers: World) -> Applying:
    """林晓梅 applies in 万州 for the subsidy that 通川区 (四川) decides; all papers to the window."""
    client = Client()
    client.force_login(registers.citizen)
    begun = Applying(client, registers.matter(SUBSIDY))
    return begun.whole(registers.office("500101", "service_center").pk)


def choose(applying: Applying, certificate: Certificate) -> str:
    answer = applying.client.post(
        f"/apply/{applying.key}/certificate/{PAPER}/",
        {"certificate": str(certificate.pk)},
        follow=True,
    )
    return answer.content.decode()


def papers(applying: Applying) -> str:
    return applying.get("papers/").content.decode()


def test_she_chooses_it_hands_it_in_and_nobody_asks_for_the_paper(
    applying: Applying, certificate: Certificate, registers: World
) -> None:
    page = applying.get(f"certificate/{PAPER}/").content.decode()
    assert "通川区民政局" in page
    assert "两地名称相同" in page
    assert "推断，待核实" in page
    # The form is about 周德福, and the card is hers.
    assert "请确认这份材料是谁的" in page
    assert "不用交了" in choose(applying, certificate)
    assert "用我的电子证照" in papers(applying)
    applying.hand_in()
    case = Case.objects.get()
    paper = case.materials.get(code=PAPER)
    assert paper.status == "shared"
    assert "重庆市残疾人联合会签发" in paper.note
    assert LIN_ID not in paper.note
    use = Use.objects.get()
    assert (use.number, use.digest) == (certificate.number, certificate.digest)
    assert use.handed_in_at is not None
    asked = Inquiry.objects.filter(purpose="handing_in")
    assert [each.subject_key for each in asked] == [str(applying.key)]


@pytest.mark.parametrize(
    ("now_stated", "said"),
    [
        ({"status": "revoked"}, "残疾人证已注销或吊销"),
        ({"valid_to": "2025-01-01"}, "残疾人证已过期（有效期至2025年1月1日）"),
        ({"number": f"{LIN_ID}44"}, "残疾人证已换发新证"),
        ({"name": "林大梅"}, "残疾人证签发机关已查不到"),
    ],
)
def test_one_that_ended_meanwhile_is_refused_in_a_sentence_and_what_was_typed_stays(
    applying: Applying, certificate: Certificate, now_stated: dict[str, str], said: str
) -> None:
    choose(applying, certificate)
    before = applying.draft.data
    state(**now_stated)
    answer = applying.client.post(f"/apply/{applying.key}/check/", {"promise": "on"}, follow=True)
    text = answer.content.decode()
    assert said in text
    assert "申请还没有提交，填写的内容都在" in text
    assert not Case.objects.exists()
    assert applying.draft.data == before
    assert PAPER not in applying.draft.answers["papers"]
    applying.post(f"papers/{PAPER}/", sent=sent())
    applying.hand_in()
    assert Case.objects.get().materials.get(code=PAPER).status == "handed_in"


def test_a_register_that_is_down_stops_nobody(
    applying: Applying, certificate: Certificate, settings: object
) -> None:
    choose(applying, certificate)
    nobody = {"500000": {"url": "https://127.0.0.1:9", "key_id": "a", "secret": "b", "tries": 1}}
    settings.SHARING_CONNECTORS = nobody  # type: ignore[attr-defined]
    applying.hand_in()
    assert Case.objects.get().materials.get(code=PAPER).status == "shared"
    assert Inquiry.objects.get(purpose="handing_in").outcome == "failed"


def test_an_expired_one_cannot_be_chosen_and_the_page_says_why(
    applying: Applying, registers: World
) -> None:
    state(valid_to="2025-01-01")
    expired = fetched(registers)
    page = applying.get(f"certificate/{PAPER}/").content.decode()
    assert "残疾人证已过期（有效期至2025年1月1日），不能使用" in page
    choose(applying, expired)
    assert not Use.objects.exists()


def test_what_the_other_province_does_not_take_is_said_and_not_chosen(registers: World) -> None:
    material = {"code": "card", "name": "老年人优待证", "source": "government"}
    version = registers.matter(SUBSIDY, materials=[material])
    client = Client()
    client.force_login(registers.citizen)
    begun = Applying(client, version).whole(registers.office("500101", "service_center").pk)
    state("elder-card", SICHUAN)
    fetched(registers, "elder-card", SICHUAN)
    # 渝中 (重庆) decides: a card of 四川 has no counterpart there.
    begun.with_answers(household_region="500103")
    page = begun.get("certificate/card/").content.decode()
    assert "在重庆办理不能使用：四川的老年人优待证在重庆没有对应证照" in page
    assert "同意并使用" not in page
    begun.with_answers(household_region="511702")
    assert "同意并使用" in begun.get("certificate/card/").content.decode()


def test_nobody_uses_anothers_certificate(
    applying: Applying, certificate: Certificate, registers: World
) -> None:
    Certificate.objects.update(holder=registers.people["outsider"])
    choose(applying, certificate)
    assert not Use.objects.exists()
    applying.post("who/", on_behalf="family")
    assert applying.get(f"certificate/{PAPER}/").status_code == 404


def test_choosing_another_way_or_deleting_the_draft_takes_it_back(
    applying: Applying, certificate: Certificate
) -> None:
    choose(applying, certificate)
    applying.post(f"papers/{PAPER}/way/", way="window")
    assert Use.objects.get().taken_back_at is not None
    choose(applying, certificate)
    applying.post("delete/")
    assert not Draft.objects.exists()
    assert not Use.objects.standing().exists()


def test_the_draft_that_moves_to_another_office_asks_again(
    applying: Applying, certificate: Certificate
) -> None:
    choose(applying, certificate)
    applying.with_answers(household_region="500103")
    answer = applying.client.post(f"/apply/{applying.key}/check/", {"promise": "on"}, follow=True)
    assert "办理机构已变，请重新选择电子证照" in answer.content.decode()


@pytest.fixture
def case(applying: Applying, certificate: Certificate, registers: World) -> Case:
    """Handed in with the certificate, accepted, at 通川区民政局 for the decision."""
    choose(applying, certificate)
    applying.hand_in()
    walk = journeys.Journey(registers, Case.objects.get(), timezone.now())
    owed = walk.case.materials.filter(status="owed")
    walk.take("collect", "clerk_cq", identity_checked="on", papers=[paper.pk for paper in owed])
    walk.take("forward", "clerk_cq", way="post", waybill="EMS0000000001")
    walk.take("sign", "clerk_sc", arrived=journeys.on_the_road(walk.case))
    return walk.take("accept", "clerk_sc").case


def test_the_clerk_sees_it_as_of_now_and_asks_the_issuer_again(
    case: Case, registers: World
) -> None:
    clerk = Client()
    clerk.force_login(registers.clerk_sc)
    page = clerk.get(f"/desk/{case.number}/").content.decode()
    assert "现在有效" in page
    assert "申请表里填写的不是持证人" in page
    assert LIN_ID not in page
    again = clerk.post(f"/desk/{case.number}/certificates/", follow=True).content.decode()
    assert "一分钟内刚向签发机关核验过" in again
    state(status="suspended")
    Certificate.objects.update(checked_at=timezone.now() - dt.timedelta(minutes=2))
    asked = clerk.post(f"/desk/{case.number}/certificates/", follow=True).content.decode()
    assert "残疾人证：签发机关现在的信息为“已暂停使用”" in asked
    assert "现在无效" in asked
    asking = Inquiry.objects.get(purpose="deciding")
    assert asking.office == registers.office("511702", "civil_affairs")
    citizen = Client()
    citizen.force_login(registers.citizen)
    mine = citizen.get(f"/certificates/{asking.certificate_id}/").content.decode()
    assert "通川区民政局 · 办理机构核验" in mine


def test_one_revoked_while_the_clerk_decides_stops_the_decision_once(
    case: Case, registers: World
) -> None:
    clerk = Client()
    clerk.force_login(registers.clerk_sc)
    state(status="revoked")
    Certificate.objects.update(checked_at=timezone.now() - dt.timedelta(hours=1))
    sent = {"token": case.seq, "opinion": "同意"}
    stopped = clerk.post(f"/desk/{case.number}/approve/", sent)
    assert stopped.status_code == 409
    assert "残疾人证已注销或吊销。没有作出决定" in stopped.content.decode()
    assert Case.objects.get().seq == case.seq
    # The clerk has seen it now: what follows from it is theirs to judge.
    assert clerk.post(f"/desk/{case.number}/approve/", sent).status_code == 302
