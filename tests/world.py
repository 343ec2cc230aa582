"""The small world the tests happen in: places, offices and people of two provinces."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from matters.catalogue.definition import Definition
from matters.catalogue.models import Matter, MatterClaim, MatterVersion
from matters.catalogue.pinned import forget_definitions
from matters.catalogue.plan import Planned, make_plan
from matters.catalogue.regions import forget_regions
from matters.catalogue.words import search_text
from tongban.accounts.actors import Actor, actor_of
from tongban.accounts.models import Posting, User
from tongban.notices import outages
from tongban.offices.calendar import forget_calendars
from tongban.offices.directory import forget_directory
from tongban.offices.models import Department, Office, Province, Region
from workflows.cases.models import Case
from workflows.cases.opening import Application, PartyInput, open_case
from workflows.cases.perform import Done, perform
from workflows.cases.places import forget_offices
from workflows.desk.queue.filters import forget_matters
from workflows.flows.simulation.situations import situation
from workflows.throughput.settled import forget_settled

SHANGHAI = ZoneInfo("Asia/Shanghai")
SUBSIDY = "困难残疾人生活补贴"
ORPHAN = "孤儿救助资格认定"
# Invented people whose ID numbers pass the checksum.
LIN_ID = "500101198001010013"
ZHOU_ID = "511702195505050025"
PROVINCES = {
    "500000": ("重庆市", "渝", "渝快办"),
    "510000": ("四川省", "川", "四川政务服务网"),
}
REGIONS = [
    ("500000", "重庆市", "province", None),
    ("500101", "万州区", "county", "500000"),
    ("500101901", "示范街道", "township", "500101"),
    ("500103", "渝中区", "county", "500000"),
    ("510000", "四川省", "province", None),
    ("511700", "达州市", "city", "510000"),
    ("511702", "通川区", "county", "511700"),
    ("511702901", "示范镇", "township", "511702"),
    ("511703", "达川区", "county", "511700"),
    ("513400", "凉山彝族自治州", "city", "510000"),
    ("513401", "西昌市", "county", "513400"),
]
COUNTY_KINDS = [
    ("service_center", "政务服务中心"),
    ("civil_affairs", "民政局"),
    ("disabled_federation", "残疾人联合会"),
    ("police", "公安局"),
    ("transport", "交通运输局"),
    ("market_regulation", "市场监督管理局"),
    ("human_resources", "人力资源和社会保障局"),
    ("health", "卫生健康局"),
    ("justice", "司法局"),
    ("talent_service", "人才服务中心"),
    ("hospital", "示范医院"),
]


def at(text: str) -> dt.datetime:
    """'2026-09-21 10:00' in Shanghai."""
    return dt.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


@cache
def planned_matters() -> tuple[Planned, ...]:
    return make_plan().matters


@dataclass
class World:
    """People by name; offices by (region code, kind); matters by name."""

    offices: dict[tuple[str, str], Office] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    versions: dict[str, MatterVersion] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            found: User = self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None
        return found

    def office(self, region: str, kind: str) -> Office:
        return self.offices[region, kind]

    def actor(self, name: str) -> Actor:
        return actor_of(self.people[name].pk)

    def post(self, who: str, name: str, region: str, kind: str, role: str) -> User:
        """One more clerk or head, for a test that needs them."""
        user = User.objects.create(
            username=who.replace("_", "-"), name=name, kind="staff", password="!"
        )
        Posting.objects.create(
            user=user, office=self.office(region, kind), role=role, valid_from=dt.date(2020, 1, 1)
        )
        self.people[who] = user
        return user

    def matter(self, name: str, **changes: Any) -> MatterVersion:
        """The published version of a real matter; with `changes` to its definition, one of its own."""
        key = name + repr(sorted(changes.items()))
        if key not in self.versions:
            self.versions[key] = _published(name, changes)
        return self.versions[key]

    def parts(self, version: MatterVersion) -> None:
        """Publish the matters that a 一件事 is made of."""
        for part in version.definition.get("parts", []):
            self.matter(part["matter"]["name"])

    def open(
        self,
        matter: MatterVersion | str = SUBSIDY,
        *,
        by: str = "citizen",
        at: dt.datetime | None = None,
        data: Mapping[str, Any] | None = None,
        parties: list[PartyInput] | None = None,
        **more: Any,
    ) -> Case:
        """A case of 林晓梅 (重庆 万州) for a matter that 达州 通川区 decides."""
        version = self.matter(matter) if isinstance(matter, str) else matter
        user = self.people[by]
        application = Application(
            draft_key=more.pop("draft_key", None) or uuid.uuid4(),
            version=version,
            origin_region=more.pop("origin_region", "500101"),
            parties=parties
            or [PartyInput(role="applicant", name=user.name, user=user, id_number=LIN_ID)],
            data=data or answers_for(version),
            **more,
        )
        return open_case(application, actor=actor_of(user.pk), at=at).case

    def take(
        self,
        case: Case,
        step: str,
        by: str,
        data: Mapping[str, Any] | None = None,
        at: dt.datetime | None = None,
    ) -> Done:
        """`by` takes `step` in `case` as it stands now."""
        now = Case.objects.get(pk=case.pk)
        return perform(case.pk, step, actor=self.actor(by), data=data or {}, token=now.seq, at=at)


def forget_everything() -> None:
    """Empty whatever this process remembers of a database that another test filled."""
    forget_calendars()
    forget_directory()
    forget_definitions()
    forget_regions()
    forget_offices()
    forget_settled()
    forget_matters()
    outages.remember(())


def build_world() -> World:
    """Everything but cases. About ten statements."""
    forget_everything()
    world = World()
    Province.objects.bulk_create(
        Province(code=code, name=name, short=short, platform=platform)
        for code, (name, short, platform) in PROVINCES.items()
    )
    _regions()
    Department.objects.create(code="general", name="综合")
    _offices(world)
    _people(world)
    return world


def _regions() -> None:
    names: dict[str, str] = {}
    rows = []
    for code, name, level, parent in REGIONS:
        names[code] = names.get(parent or "", "") + name
        rows.append(
            Region(
                code=code,
                name=name,
                full_name=names[code],
                level=level,
                parent_id=parent,
                province_id=code[:2] + "0000",
            )
        )
    Region.objects.bulk_create(rows)


def _offices(world: World) -> None:
    rows: list[Office] = []
    for code, name, level, _ in REGIONS:
        kinds = {
            "county": COUNTY_KINDS,
            "township": [("township_center", "便民服务中心")],
            "city": [
                ("housing_fund", "住房公积金中心"),
                ("medical_insurance", "医疗保障局"),
                ("service_center", "政务服务中心"),
                ("bank", "示范银行"),
            ],
            "province": [
                ("supervision", "政务服务管理办公室"),
                ("housing_fund", "公积金中心"),
                ("medical_insurance", "医疗保障局"),
                ("bank", "示范银行"),
            ],
        }[level]
        for kind, words in kinds:
            rows.append(
                Office(
                    code=f"{code}-{kind}",
                    name=f"{name}{words}",
                    region_id=code,
                    department_id="general",
                    kind=kind,
                    roles=["collect", "accept", "decide", "pending"],
                    address=f"{name}示范路1号",
                    phone="000-00000000",
                    is_demonstration=True,
                )
            )
    for office in Office.objects.bulk_create(rows):
        world.offices[office.region_id, office.kind] = office
    MatterClaim.objects.bulk_create(
        MatterClaim(office=office, phone=office.phone, claimed_at=at("2026-01-01 00:00"))
        for office in rows
    )


PEOPLE: list[tuple[str, str, str, list[tuple[str, str, str]]]] = [
    ("citizen", "林晓梅", "citizen", []),
    ("daughter", "周晓燕", "citizen", []),
    ("outsider", "路人甲", "citizen", []),
    ("clerk_cq", "万窗口", "staff", [("500101", "service_center", "clerk")]),
    ("clerk_cq_2", "万同事", "staff", [("500101", "service_center", "clerk")]),
    ("head_cq", "万主任", "staff", [("500101", "service_center", "head")]),
    ("clerk_sc", "通承办", "staff", [("511702", "civil_affairs", "clerk")]),
    ("clerk_sc_2", "通同事", "staff", [("511702", "civil_affairs", "clerk")]),
    ("head_sc", "通局长", "staff", [("511702", "civil_affairs", "head")]),
    ("township_sc", "镇承办", "staff", [("511702901", "township_center", "clerk")]),
    ("police_cq", "万民警", "staff", [("500101", "police", "clerk")]),
    ("police_sc", "通民警", "staff", [("511702", "police", "clerk")]),
    ("transport_sc", "通运管", "staff", [("511702", "transport", "clerk")]),
    ("transport_sc_2", "通运管二", "staff", [("511702", "transport", "clerk")]),
    ("transport_head", "通运管局长", "staff", [("511702", "transport", "head")]),
    ("fund_cq", "渝公积金", "staff", [("500000", "housing_fund", "clerk")]),
    ("fund_sc", "达公积金", "staff", [("511700", "housing_fund", "clerk")]),
    ("desk_sc", "通待分", "staff", [("511702", "service_center", "clerk")]),
    ("clerk_elsewhere", "达川窗口", "staff", [("511703", "civil_affairs", "clerk")]),
    ("supervisor_cq", "渝督办", "staff", [("500000", "supervision", "supervisor")]),
    ("supervisor_sc", "川督办", "staff", [("510000", "supervision", "supervisor")]),
]


def _people(world: World) -> None:
    users = [
        User(
            username=name.replace("_", "-"),
            name=real,
            kind=kind,
            email=f"{name.replace('_', '-')}@example.com" if kind == "citizen" else "",
            password="!",
            region_code="500101",
        )
        for name, real, kind, _ in PEOPLE
    ]
    for (name, *_), user in zip(PEOPLE, User.objects.bulk_create(users), strict=True):
        world.people[name] = user
    Posting.objects.bulk_create(
        Posting(
            user=world.people[name],
            office=world.offices[region, kind],
            role=role,
            valid_from=dt.date(2020, 1, 1),
        )
        for name, _, _, postings in PEOPLE
        for region, kind, role in postings
    )


_serial = itertools.count(1)


def _published(name: str, changes: Mapping[str, Any]) -> MatterVersion:
    planned = next(p for p in planned_matters() if p.fact.name == name)
    definition = planned.definition.model_dump(mode="json") | dict(changes)
    matter = Matter.objects.create(
        slug=f"m{next(_serial)}",
        name=name,
        department_id="general",
        theme=planned.fact.theme,
        audience=planned.fact.audience,
        source_url=f"{planned.fact.source_url}#{next(_serial)}",
        source_batch=planned.fact.batch,
        certainty="stated",
        search_text=search_text(name, planned.fact.theme),
    )
    return MatterVersion.objects.create(
        matter=matter,
        number=1,
        status="published",
        valid_from=dt.date(2026, 1, 1),
        mode=planned.mode,
        mode_certainty=planned.mode_certainty,
        flow=planned.flow,
        definition=definition,
        published_at=at("2026-01-01 00:00"),
    )


ANSWERS = {
    "name": "周德福",
    "id_number": ZHOU_ID,
    "phone": "13800000000",
    "date": "2026-01-05",
    "money": "1200.50",
    "region": "511702",
    "township": "511702901",
    "pool": "511700",
    "yes_no": "yes",
    "bank_card": "6222020000000000008",
    "uscc": "91500101MA5U00001K",
    "text": "示范",
    "textarea": "示范说明",
    "number": "2",
    "month": "2026-01",
    "period": "2025-01-01/2025-12-31",
    "email": "zhou@example.com",
    "address": "通川区示范路1号",
}


def answers_for(version: MatterVersion, **more: Any) -> dict[str, Any]:
    """Right answers to every question of a matter's form."""
    answers: dict[str, Any] = {}
    for asked in version.definition["fields"]:
        kind = asked["kind"]
        if kind == "region" and asked.get("region_level") in ("township", "pool"):
            kind = asked["region_level"]
        if kind == "people":
            # Pages send people row by row; who asks first whether there are any hears no.
            for condition in asked.get("shown_when", []):
                answers[condition["field"]] = "no"
        elif kind in ("choice", "several"):
            first = asked["choices"][0][0]
            answers[asked["code"]] = first if kind == "choice" else [first]
        elif kind != "file":
            answers[asked["code"]] = ANSWERS[kind]
    return {**answers, **more}


def situation_for(version: MatterVersion) -> dict[str, str]:
    """Answers to what is asked before any form, with which it can be done today."""
    definition = Definition.model_validate(version.definition)
    return situation(definition, timezone.localdate(), Random(1))
