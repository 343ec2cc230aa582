"""事项认领 and 暂停办理: who offers a matter, what becomes of one that nobody claimed, and what waits."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from matters.catalogue import claims
from matters.catalogue.claims import Counter
from matters.catalogue.models import Matter, MatterClaim, MatterVersion, Pause
from matters.catalogue.pauses import Paused, pause
from tests.desk.conftest import SignedIn, statements_of, text_of
from tests.portal.applying import Applying, shown
from tests.world import LIN_ID, SUBSIDY, World
from tongban.offices.models import Office
from workflows.cases.models import Case, Draft
from workflows.portal.popular import forget_popular

CLAIM = {
    "do": "claim",
    "phone": "0818-2370000",
    "complaint_phone": "12345",
    "place": "通川区示范路9号",
    "hours": "工作日 9:00–17:00",
    "checklist": "核对残疾人证\n核对银行卡为本人",
}


@pytest.fixture
def version(world: World) -> MatterVersion:
    return world.matter(SUBSIDY)


def owner(world: World) -> int:
    return int(world.office("511702", "civil_affairs").pk)


def give_up(world: World, office_id: int) -> None:
    claims.lay_down(office_id=office_id, matter_ids=None, why="机构改革", by_id=world.head_sc.pk)


# ---- claims ----


def test_an_office_claims_many_matters_at_once_with_phone_and_checklist(
    world: World, version: MatterVersion, at_desk: SignedIn
) -> None:
    give_up(world, owner(world))
    second = world.matter("重度残疾人护理补贴")
    clerk = at_desk("clerk_sc")
    page = text_of(clerk.get("/desk/matters/"))
    assert "应由本单位办理的 2 个事项，已认领 0 个" in page
    ticked = [version.matter_id, second.matter_id]
    answer = clerk.post("/desk/matters/", {**CLAIM, "scope": "ticked", "matter": ticked})
    assert answer.status_code == 302
    assert "已认领 2 个" in text_of(clerk.get("/desk/matters/"))
    claim = MatterClaim.objects.get(matter=version.matter, withdrawn_at=None)
    assert claim.checklist == ["核对残疾人证", "核对银行卡为本人"]
    assert claim.claimed_by == world.clerk_sc


def test_claiming_everything_speaks_for_later_matters_too(
    world: World, version: MatterVersion, at_desk: SignedIn
) -> None:
    give_up(world, owner(world))
    at_desk("head_sc").post("/desk/matters/", {**CLAIM, "scope": "all"})
    later = world.matter(SUBSIDY, promise=None, certainty={})
    assert owner(world) in claims.claims_of([owner(world)], later.matter_id)


def test_what_is_missing_or_not_theirs_is_refused(
    world: World, version: MatterVersion, at_desk: SignedIn
) -> None:
    clerk = at_desk("clerk_sc")
    page = text_of(clerk.post("/desk/matters/", {"do": "claim"}))
    for said in ("请选择认领哪些事项", "请填写咨询电话", "请写明收件要点"):
        assert said in page
    nothing = text_of(
        clerk.post("/desk/matters/", {**CLAIM, "scope": "ticked", "matter": ["99999"]})
    )
    assert "请先在清单里勾选事项" in nothing
    other = world.office("500101", "service_center").pk
    assert clerk.get(f"/desk/matters/?office={other}").status_code == 404
    assert (
        clerk.post(f"/desk/matters/?office={other}", {**CLAIM, "scope": "all"}).status_code == 404
    )
    assert at_desk("citizen").get("/desk/matters/").status_code == 404


def test_one_matter_is_given_up_and_the_others_stay(
    world: World, version: MatterVersion, at_desk: SignedIn
) -> None:
    other = world.matter("重度残疾人护理补贴")
    gone = {"do": "withdraw", "matter": [version.matter_id], "why": "划转给乡镇"}
    at_desk("clerk_sc").post("/desk/matters/", gone)
    assert not claims.claims_of([owner(world)], version.matter_id)
    assert claims.claims_of([owner(world)], other.matter_id)
    counter = Counter(phone="1", checklist=("x",))
    by = world.head_sc.pk
    claims.take_on(office_id=owner(world), matter_ids=None, counter=counter, by_id=by)
    assert claims.claims_of([owner(world)], version.matter_id), "all means this one again"


def test_two_claims_for_one_matter_do_not_stand_beside_each_other(world: World) -> None:
    row = {"office_id": owner(world), "matter": None, "phone": "1", "claimed_at": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        MatterClaim.objects.create(**row)


def test_a_case_whose_office_has_not_claimed_lies_at_the_counties_desk_and_says_why(
    world: World, version: MatterVersion, at_desk: SignedIn
) -> None:
    give_up(world, owner(world))
    case = world.open(version)
    desk = world.office("511702", "service_center")
    assert case.office_of("owner") == desk.pk
    assert case.is_unplaced
    assert case.facts["unplaced"] == ["owner"]
    assert case.events.get(seq=1).data["unclaimed"] == ["通川区民政局"]
    page = text_of(at_desk("desk_sc").get(f"/desk/{case.number}/"))
    assert "通川区民政局尚未认领这个事项" in page
    assert "未认领该事项的机构" in page


def test_a_claimed_case_goes_where_it_always_went(world: World, version: MatterVersion) -> None:
    case = world.open(version)
    assert (case.office_of("owner"), case.is_unplaced) == (owner(world), False)
    assert "unclaimed" not in case.facts


def test_citizens_are_offered_only_windows_that_have_claimed(
    world: World, version: MatterVersion
) -> None:
    center = world.office("500101", "service_center")
    path = f"/matters/{version.matter.slug}/?at=500101"
    assert "万州区政务服务中心" in shown(Client().get(path))
    claims.lay_down(
        office_id=center.pk, matter_ids=[version.matter_id], why="没有专窗", by_id=world.head_cq.pk
    )
    page = shown(Client().get(path))
    assert "万州区政务服务中心" not in page
    assert "示范街道便民服务中心" in page, "the next one is offered instead"


def test_a_window_that_gave_the_matter_up_meanwhile_is_noticed(
    world: World, version: MatterVersion
) -> None:
    client = citizen(world)
    center = world.office("500101", "service_center")
    applying = Applying(client, version).whole(center.pk)
    give_up(world, center.pk)
    assert "不再办理这个事项" in shown(applying.hand_in())
    assert not Case.objects.exists()


def test_the_guide_gives_the_phone_that_the_office_gave(
    world: World, version: MatterVersion
) -> None:
    counter = Counter(phone="0818-2370000", complaint_phone="0818-12345", place="示范路9号")
    office = world.office("511702", "civil_affairs")
    claims.take_on(
        office_id=office.pk, matter_ids=[version.matter_id], counter=counter, by_id=world.head_sc.pk
    )
    page = shown(Client().get(f"/matters/{version.matter.slug}/?at=511702"))
    for said in ("0818-2370000", "0818-12345", "示范路9号"):
        assert said in page


def test_who_has_not_claimed_is_listed(
    world: World, version: MatterVersion, at_desk: SignedIn
) -> None:
    give_up(world, owner(world))
    supervisor = at_desk("supervisor_sc")
    nothing_at_all = text_of(supervisor.get("/desk/matters/unclaimed/"))
    assert "通川区民政局" in nothing_at_all
    assert "达川区民政局" not in nothing_at_all
    path = f"/desk/matters/unclaimed/?matter={version.matter.slug}"
    assert "通川区民政局" in text_of(supervisor.get(path))
    assert "都已认领" in text_of(supervisor.get(f"{path}&province=500000"))
    assert supervisor.get(f"{path}&province=1").status_code == 404


def test_the_list_costs_the_same_with_one_matter_and_with_thirty(
    world: World, version: MatterVersion, at_desk: SignedIn
) -> None:
    clerk = at_desk("clerk_sc")
    clerk.get("/desk/matters/")
    few = statements_of(clerk, "/desk/matters/")
    for n in range(29):
        world.matter(SUBSIDY, fee=f"{n}元")
    many = statements_of(clerk, "/desk/matters/")
    assert "30 个事项" in text_of(clerk.get("/desk/matters/"))
    assert len(few) == len(many), "\n".join(many)


def test_the_demonstration_claims_for_all_its_offices_once(
    world: World, settings: Settings
) -> None:
    MatterClaim.objects.all().delete()
    real = world.office("511702", "civil_affairs")
    Office.objects.filter(pk=real.pk).update(is_demonstration=False)
    for _ in range(2):
        call_command("load_claims", verbosity=0)
        assert MatterClaim.objects.count() == len(world.offices) - 1
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="真实机构须自己认领"):
        call_command("load_claims", all=True)
    settings.DEMONSTRATION = True
    call_command("load_claims", all=True, verbosity=0)
    assert MatterClaim.objects.count() == len(world.offices)


# ---- pauses ----


def citizen(world: World) -> Client:
    forget_popular()
    user = world.citizen
    user.id_number, user.phone = LIN_ID, "13900000001"
    user.save()
    client = Client()
    client.force_login(user)
    return client


def stop(world: World, hours: int = 5, **scope: Any) -> Pause:
    now = timezone.now()
    return pause(
        **{"matter": None, "office": None, "province": "", **scope},
        sentence="年度结息",
        begins_at=now - dt.timedelta(hours=1),
        ends_at=now + dt.timedelta(hours=hours),
        by_id=world.head_sc.pk,
    )


def test_a_pause_is_told_before_anybody_applies_and_refuses_handing_in(
    world: World, version: MatterVersion
) -> None:
    client = citizen(world)
    applying = Applying(client, version).whole(world.office("500101", "service_center").pk)
    stopped = stop(world, matter=version.matter)
    assert stopped.ends_at is not None
    ends = timezone.localtime(stopped.ends_at)
    until = f"{ends.year}年{ends.month}月{ends.day}日 {ends:%H:%M}"
    slug = version.matter.slug
    for page in (f"/matters/{slug}/", "/matters/?q=困难", f"/matters/{slug}/apply/"):
        told = shown(client.get(page))
        assert "暂停办理" in told, page
        assert until in told, page
    answer = applying.hand_in()
    assert f"{until} 恢复办理" in shown(client.get(answer["Location"]))
    assert Draft.objects.filter(pk=applying.key).exists()
    assert not Case.objects.exists()
    Pause.objects.update(ends_at=timezone.now() - dt.timedelta(minutes=1))
    applying.hand_in()
    assert Case.objects.count() == 1


@pytest.mark.parametrize("where", ["office", "province", "another office", "another province"])
def test_a_pause_holds_where_it_is_meant(world: World, version: MatterVersion, where: str) -> None:
    scopes: dict[str, dict[str, Any]] = {
        "office": {"office": world.office("511702", "civil_affairs")},
        "province": {"province": "510000", "matter": version.matter},
        "another office": {"office": world.office("511703", "civil_affairs")},
        "another province": {"office": world.office("511702", "police"), "province": "500000"},
    }
    stop(world, **scopes[where])
    if where.startswith("another"):
        assert world.open(version)
        return
    with pytest.raises(Paused, match="年度结息"):
        world.open(version)


def test_a_head_pauses_the_own_office_and_ends_it_again(
    world: World, version: MatterVersion, at_desk: SignedIn
) -> None:
    head = at_desk("head_sc")
    begins = timezone.localtime() - dt.timedelta(hours=1)
    form = {
        "office": owner(world),
        "matter": SUBSIDY,
        "sentence": "系统停机",
        "begins_at": begins.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (begins + dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
    }
    assert head.post("/desk/matters/pauses/", form).status_code == 302
    made = Pause.objects.get()
    assert (made.made_by, made.office_id, made.matter) == (
        world.head_sc, owner(world), version.matter,
    )  # fmt: skip
    assert "暂停中" in text_of(head.get("/desk/matters/pauses/"))
    page = shown(Client().get(f"/matters/{version.matter.slug}/?at=511702"))
    assert "系统停机" in page, "beside the office"
    end = f"/desk/matters/pauses/{made.pk}/end/"
    assert at_desk("head_cq").post(end).status_code == 404
    assert at_desk("clerk_sc").post(end).status_code == 404
    head.post(end)
    page = text_of(head.get("/desk/matters/pauses/"))
    assert "已提前结束" in page
    assert "通局长" in page
    assert world.open(version)


def test_a_wrong_pause_is_refused_in_words(world: World, at_desk: SignedIn) -> None:
    head = at_desk("head_sc")
    form = {
        "office": world.office("500101", "service_center").pk,
        "matter": "没有这个",
        "sentence": "",
        "begins_at": "2026-12-31T10:00",
        "ends_at": "2026-12-31T09:00",
    }
    page = text_of(head.post("/desk/matters/pauses/", form))
    for said in ("您不负责这个单位", "没有这个事项", "请写明为什么暂停", "结束时间须晚于开始时间"):
        assert said in page
    world.post("keeper", "运维员", "500000", "supervision", "operator")
    keeper = at_desk("keeper")
    empty = {"sentence": "停机", "begins_at": "2026-12-31T10:00"}
    assert "请至少写明" in text_of(keeper.post("/desk/matters/pauses/", empty))
    keeper.post("/desk/matters/pauses/", {**empty, "province": "510000"})
    assert Pause.objects.get().province == "510000"
    assert not Matter.objects.filter(name="没有这个").exists()
