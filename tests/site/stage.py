"""Everything that the site can show, once: a case between two provinces, one within 重庆, and all
that hangs on them. The tests of this folder walk over it."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass, field

from django.test import Client
from django.utils import timezone

from matters.catalogue.models import MatterVersion, Pause
from matters.catalogue.pauses import pause
from matters.medical.clearing.gathering import gather
from matters.medical.models import ClearingMonth
from tests import journeys
from tests.certificates.stating import fetched, state
from tests.medical import clearing_lines
from tests.portal.applying import Applying
from tests.portal.asking import asking
from tests.portal.insured import insure, settled
from tests.sharing.registers import load_registers
from tests.world import ANSWERS, LIN_ID, SUBSIDY, World, answers_for, at
from tongban.accounts.models import Posting, Substitution, User
from tongban.accounts.substitutions import appoint
from tongban.celery import QUEUES
from tongban.certificates.demonstration import load_registers as load_certificate_registers
from tongban.certificates.models import Certificate
from tongban.notices.models import Notice, Outage
from tongban.offices.models import CalendarVersion
from tongban.running import beats
from tongban.running.models import Heartbeat
from tongban.sharing import demands
from tongban.sharing.models import Demand, Holder, LookUp, Resource
from tongban.sharing.sealed_answers import sealed
from workflows.cases.bulk import Pick, begin, go_on
from workflows.cases.models import (
    Case,
    Document,
    Draft,
    ExtensionPlan,
    JointHours,
    JointSession,
    Material,
    Moving,
    Parcel,
    Party,
    TurnedAway,
    Upload,
)
from workflows.cases.opening import PartyInput
from workflows.cases.responsibilities import list_responsibilities
from workflows.cases.uploads import path_of
from workflows.desk.office.phrases import keep
from workflows.flows.clearing_calendar import open_month
from workflows.throughput.reports.models import Report

PHONE = "13900000001"
# Everything about a person that no page and no table holds as it is.
CLEAR = (LIN_ID, PHONE, "13800000001", *(ANSWERS[k] for k in ("id_number", "phone", "bank_card")))
# Who works at the two offices of the case that crosses the border.
WINDOW = {"clerk_cq", "head_cq"}
OWNER = {"clerk_sc", "head_sc"}


@dataclass
class Stage:
    """Ids of what there is, as addresses name it. `local` is the case that 四川 has no part in."""

    world: World
    crossing: Case
    local: Case
    slug: str
    document: str = ""
    parcel: str = ""
    party: int = 0
    notice: int = 0
    file: uuid.UUID = field(default_factory=uuid.uuid4)
    draft: uuid.UUID = field(default_factory=uuid.uuid4)
    draft_file: uuid.UUID = field(default_factory=uuid.uuid4)
    visit: uuid.UUID = field(default_factory=uuid.uuid4)
    turned_away: int = 0
    substitution: int = 0
    next_version: int = 0
    moving: int = 0
    extension: uuid.UUID = field(default_factory=uuid.uuid4)
    pause: int = 0
    asking: str = ""
    look_up: uuid.UUID = field(default_factory=uuid.uuid4)
    demand: int = 0
    certificate: uuid.UUID = field(default_factory=uuid.uuid4)
    askable: str = "identity"
    joint: uuid.UUID = field(default_factory=uuid.uuid4)
    joint_hours: int = 0
    settlement: str = ""
    clearing: str = ""
    clearing_line: int = 0
    bulk: uuid.UUID = field(default_factory=uuid.uuid4)
    phrase: int = 0
    report: int = 0

    def client(self, who: str | None) -> Client:
        """A browser in which that person of the world has signed in; nobody, for None."""
        client = Client()
        if who is not None:
            client.force_login(self.world.people[who])
        return client


def build_stage(world: World) -> Stage:
    _more_people(world)
    world.citizen.id_number, world.citizen.phone = LIN_ID, PHONE
    world.citizen.save()
    crossing = _crossing(world)
    stage = Stage(world, crossing, _local(world), crossing.matter.slug)
    stage.document = Document.objects.get(case=crossing, kind="receipt").number
    stage.parcel = Parcel.objects.get().number
    stage.party = crossing.parties.get(role="applicant").pk
    stage.notice = Notice.objects.filter(user=world.citizen, channel="inbox").latest("pk").pk
    stage.file = _file(world, case=crossing).pk
    stage.draft = _draft(stage).pk
    stage.draft_file = _file(world, draft_key=stage.draft).pk
    _at_the_window(stage)
    stage.substitution = _substitution(world).pk
    _to_be_moved(stage)
    stage.pause = _pause(world).pk
    stage.asking = asking(world).matter.slug
    stage.look_up = _look_up(world, crossing).pk
    list_responsibilities(timezone.localdate())
    Material.objects.filter(case=crossing, code=stage.askable).update(status="owed")
    stage.demand = _demand(world).pk
    stage.certificate = _certificate(world).pk
    _looked_at_together(stage)
    stage.settlement = settled(insure(world)).setl_id
    _cleared(stage)
    _many_at_once(stage)
    _served()
    CalendarVersion.objects.create(number=1, source="载入", imported_at=timezone.now())
    extension_plan(stage)
    return stage


def extension_plan(stage: Stage) -> None:
    """More time for a case of 达州, proposed by the operator after an outage, undecided."""
    world, began = stage.world, at("2026-05-11 09:00")
    outage = Outage.objects.create(channel="sms", since=began, ended_at=began, reason="检修")
    plan = ExtensionPlan.objects.create(
        outage=outage,
        office=world.office("511702", "civil_affairs"),
        days=5,
        reason="短信中断",
        cases=[{"number": stage.crossing.number, "was": began.isoformat(), "then": None}],
        proposed_by=world.people["operator"],
        proposed_at=began,
    )
    stage.extension = plan.key


def _many_at_once(stage: Stage) -> None:
    """A run of a clerk in 万州 over one case, which came too late."""
    clerk = stage.world.actor("clerk_cq")
    picks = [Pick(stage.local.number, stage.local.seq + 1)]
    go_on(begin(actor=clerk, step="claim", picks=picks, data={}, key=stage.bulk).pk)
    stage.phrase = keep(text="材料齐全，同意。", office_id=None, actor=clerk).pk
    stage.report = _report(stage.world)


def _served() -> None:
    """A worker and a beat that are alive for as long as the tests run."""
    later = timezone.now() + dt.timedelta(days=1)
    beats.beat("worker", Heartbeat.Kind.WORKER, queues=QUEUES, now=later)
    beats.beat("beat", Heartbeat.Kind.BEAT, now=later)


def _cleared(stage: Stage) -> None:
    """A month of 四川's agency and 重庆's, with a line."""
    stage.world.matter("异地就医月度清算")
    month = open_month(clearing_lines.TO_CHONGQING, "2026-10", timezone.now())
    clearing_lines.settled()
    row = ClearingMonth.objects.get(case_number=month.number)
    gather(row.pk)
    stage.clearing, stage.clearing_line = month.number, row.lines.latest("pk").pk


def _looked_at_together(stage: Stage) -> None:
    world, case = stage.world, stage.crossing
    room = {"clerk": world.clerk_sc, "minutes": 30, "video_url": "https://video.example/room"}
    office = world.office("511702", "civil_affairs")
    stage.joint_hours = JointHours.objects.create(
        office=office,
        weekday=0,
        opens_at=dt.time(9),
        closes_at=dt.time(12),
        set_by=world.head_sc,
        **room,
    ).pk
    stage.joint = JointSession.objects.create(
        case=case,
        collector=world.office("500101", "service_center"),
        owner=office,
        starts_at=timezone.now(),
        status=JointSession.Status.DONE,
        outcome=JointSession.Outcome.PASSED,
        booked_by=world.clerk_cq,
        booked_at=timezone.now(),
        **room,
    ).pk


def _more_people(world: World) -> None:
    """Those whom the small world does without: each knows of the case and may see nothing of it."""
    for name, real in (("aunt", "林姑姑"), ("neighbour", "联系人"), ("former_agent", "旧代理")):
        world.people[name] = User.objects.create(
            username=name.replace("_", "-"), name=real, kind="citizen", password="!"
        )
    world.post("operator", "运维员", "500000", "supervision", "operator")
    former = world.post("former_clerk", "旧窗口", "500101", "service_center", "clerk")
    Posting.objects.filter(user=former).update(valid_to=dt.date(2021, 1, 1))


def _crossing(world: World) -> Case:
    agent = {"role": "agent", "scope": ("sign", "supplement", "withdraw"), "relation": "女儿"}
    parties = [
        PartyInput(role="applicant", name="林晓梅", user=world.citizen, id_number=LIN_ID),
        PartyInput(name="周晓燕", user=world.daughter, **agent),  # type: ignore[arg-type]
    ]
    case = journeys.reviewing(world, parties=parties).case
    add = Party.objects.create
    add(case=case, role="beneficiary", name="林姑姑", user=world.people["aunt"])
    add(case=case, role="contact", name="联系人", user=world.people["neighbour"])
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    add(
        case=case, role="agent", name="旧代理", user=world.people["former_agent"],
        scope=["sign"], expires_on=yesterday,
    )  # fmt: skip
    return case


def _local(world: World) -> Case:
    """万州 hands it in, 渝中 decides: no office of 四川 has anything to do with it."""
    version = world.matter(SUBSIDY)
    data = answers_for(version) | {"household_region": "500103"}
    case = world.open(version, data=data)
    assert case.owner_province == case.origin_province == "500000"
    return case


def _file(world: World, **of: object) -> Upload:
    return Upload.objects.create(
        owner=world.citizen,
        material_code="identity",
        name="身份证.jpg",
        content_type="image/jpeg",
        size=3,
        sha256="0" * 64,
        **of,
    )


def lay_files(stage: Stage) -> None:
    """What was uploaded, into the folder of this test."""
    for key in (stage.file, stage.draft_file):
        path_of(key).parent.mkdir(parents=True, exist_ok=True)
        path_of(key).write_bytes(b"jpg")


def _draft(stage: Stage) -> Draft:
    """All filled in, to be handed in with one more press."""
    applying = Applying(stage.client("citizen"), stage.world.matter(SUBSIDY))
    return applying.whole(stage.world.office("500101", "service_center").pk).draft


def _at_the_window(stage: Stage) -> None:
    """A draft that the window keeps, and somebody whom it turned away."""
    clerk = stage.client("clerk_cq")
    here = clerk.post("/desk/counter/", {"id_number": LIN_ID})["Location"]
    stage.visit = uuid.UUID(here.strip("/").rsplit("/", 1)[-1])
    version = stage.world.matter(SUBSIDY)
    sheet = {"c-matter": stage.slug, "c-version": str(version.pk), "c-name": "林晓梅"}
    kept = clerk.post(here, sheet | {"c-phone": "13800000001", "do": "save"})
    assert kept.status_code == 302
    away = {"person_name": "路人乙", "reason": "不属于通办事项", "once": str(uuid.uuid4())}
    assert clerk.post(f"/desk/counter/turn-away/?visit={stage.visit}", away).status_code == 302
    stage.turned_away = TurnedAway.objects.get().pk


def _look_up(world: World, case: Case) -> LookUp:
    """What a register of 四川 said for the case between the provinces, one value of it personal."""
    load_registers()
    resource = Resource.objects.get(name="残疾人证", holder__province="510000")
    return LookUp.objects.create(
        resource=resource,
        subject_kind="application",
        subject_key=str(case.draft_key),
        material_code="disability_card",
        item_key=case.matter.slug,
        item_name=case.matter.name,
        office=world.office("511702", "civil_affairs"),
        ground="示范",
        person_name="林晓梅",
        person_index="-",
        state="confirmed",
        answer={
            "questions": [{**resource.questions[0], "yes": True}],
            "fields": [{**resource.fields[0], "value": sealed("肢体 三级")}],
        },
        created_at=timezone.now(),
        answered_at=timezone.now(),
    )


def _certificate(world: World) -> Certificate:
    """Her 残疾人证, fetched the day before; the registers are there already."""
    load_certificate_registers()
    state()
    return fetched(world, now=timezone.now() - dt.timedelta(days=1))


def _pause(world: World) -> Pause:
    """Of one office, long after everything here: it hinders nothing."""
    begins = timezone.now() + dt.timedelta(days=300)
    return pause(
        matter=None,
        office=world.office("500101", "service_center"),
        province="",
        sentence="年度结息",
        begins_at=begins,
        ends_at=begins + dt.timedelta(days=1),
        by_id=world.head_cq.pk,
    )


def _demand(world: World) -> Demand:
    """通川区民政局 lacks what the police of 万州 hold."""
    police = world.office("500101", "police")
    holder, _ = Holder.objects.update_or_create(
        code="500101-police",
        defaults={
            "name": police.name,
            "province_id": "500000",
            "region_code": "500101",
            "department_id": "police",
            "office": police,
        },
    )
    return demands.make(
        actor=world.actor("clerk_sc"),
        office=world.office("511702", "civil_affairs"),
        holder=holder,
        title="居住证状态",
        need="核对",
        ground="示范",
        fields_wanted="是否有效",
        at=timezone.now(),
    )


def _to_be_moved(stage: Stage) -> None:
    """The matter's next version, for one day in years to come, and a moving to it that has not begun."""
    now = stage.crossing.version
    later = MatterVersion.objects.create(
        matter=now.matter, number=now.number + 1, status="published", mode=now.mode,
        valid_from=dt.date(2036, 1, 1), valid_to=dt.date(2036, 1, 2), flow=now.flow,
        mode_certainty=now.mode_certainty, definition=now.definition, published_at=timezone.now(),
    )  # fmt: skip
    stage.next_version = later.pk
    stage.moving = Moving.objects.create(
        from_version=now, to_version=later, plan={}, started_by_name="运维员",
        started_at=timezone.now(),
    ).pk  # fmt: skip


def _substitution(world: World) -> Substitution:
    today = timezone.localdate()
    return appoint(
        office_id=world.office("500101", "service_center").pk,
        absent_id=world.clerk_cq.pk,
        substitute_id=world.clerk_cq_2.pk,
        valid_from=today + dt.timedelta(days=1),
        valid_to=today + dt.timedelta(days=3),
        reason="年休假",
        actor=world.actor("head_cq"),
    )


def _report(world: World) -> int:
    """A bulletin of 四川, whose offices stand in it one by one."""
    first, last, file = dt.date(2026, 9, 1), dt.date(2026, 9, 30), b"%PDF-1.7"
    content = {"title": "川渝通办情况通报", "days": "2026年9月1日至9月30日"}
    return Report.objects.create(
        kind="month", first=first, last=last, provinces="510000", edition=1, number="川〔2026〕9号",
        content=content, file=file, digest=hashlib.sha256(file).hexdigest(),
        made_at=timezone.now(), made_by=world.people["supervisor_sc"],
    ).pk  # fmt: skip
