"""Each flow with a real matter, people in all its seats, and a way to put a case into any state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from tests.flows import clearing, filings, fund, visits, ways_of_loans, withdrawals
from tests.world import ORPHAN, World, answers_for, at
from tongban.accounts.actors import SYSTEM, Actor
from workflows.cases.models import Case
from workflows.cases.opening import PartyInput
from workflows.cases.rights import Spot

OPENED = "2026-05-11 09:00"


@dataclass(frozen=True)
class Setting:
    """seats: by seat the region and kind of its office. answers: what the form's regions are; more: other answers."""

    matter: str
    seats: dict[str, tuple[str, str]]
    answers: dict[str, str] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)
    # The flow whose cases this one's are parts of, and how its cases are awaited there.
    part_of: tuple[str, str] | None = None
    # Who opens it, at which seat, where nobody applies; and what has to be there first.
    begun_by: str = "citizen"
    prepare: Callable[[World], dict[str, Any]] | None = None


CQ, SC = "500101", "511702"
SETTINGS = {
    "collect_forward": Setting(
        ORPHAN,
        {
            "collector": (CQ, "service_center"),
            "township": ("511702901", "township_center"),
            "owner": (SC, "civil_affairs"),
        },
    ),
    "online_approval": Setting(
        "经营性人力资源服务机构从事职业中介活动许可（县级）", {"owner": (SC, "human_resources")}
    ),
    "household_move": Setting(
        "夫妻投靠户口迁移",
        {"move_in": (CQ, "police"), "move_out": (SC, "police")},
        {"0": CQ, "1": SC},
    ),
    "fund_transfer": Setting(
        "住房公积金异地转移接续",
        {"receiving": ("500000", "housing_fund"), "sending": ("511700", "housing_fund")},
        {"0": CQ, "1": SC},
        prepare=fund.two_accounts,
    ),
    "fund_withdrawal": Setting(
        "购房提取住房公积金",
        {"collector": ("511700", "housing_fund"), "owner": ("500000", "housing_fund")},
        {"0": "500000", "1": "511700"},
        prepare=withdrawals.sealed_account,
    ),
    "fund_loan_facts": Setting(
        "核实异地公积金贷款",
        {"lender": ("511700", "housing_fund")},
        {"0": "511700"},
        {"loan_year": "2026"},
        part_of=("fund_withdrawal", "facts"),
    ),
    "fund_transfer_group": Setting(
        "单位集中办理住房公积金异地转移接续",
        {"lead": ("500000", "housing_fund")},
        {"0": CQ, "1": SC},
        prepare=fund.an_employer,
    ),
    "relation_transfer": Setting(
        "企业职工基本养老保险关系转移接续",
        {"receiving": (CQ, "human_resources"), "sending": (SC, "human_resources")},
        {"0": CQ, "1": SC},
    ),
    "medical_transfer": Setting(
        "基本医疗保险关系转移接续",
        {
            "receiving": ("500000", "medical_insurance"),
            "sending": ("511700", "medical_insurance"),
        },
        {"0": CQ, "1": SC},
    ),
    "archive_transfer": Setting(
        "档案接收",
        {"receiving": (CQ, "talent_service"), "keeping": (SC, "talent_service")},
        {"0": CQ, "1": SC},
    ),
    "local_issue": Setting(
        "户籍证明",
        {"issuing": (CQ, "police"), "keeping": (SC, "police")},
        {"0": CQ, "1": SC},
    ),
    "collect_and_make": Setting(
        "居民身份证换领",
        {"making": (CQ, "police"), "owner": (SC, "police")},
        {"0": CQ, "1": SC},
    ),
    "issue_elsewhere": Setting(
        "营业执照互办互发",
        {"owner": (SC, "market_regulation"), "issuing": (CQ, "market_regulation")},
        {"0": SC, "1": CQ},
    ),
    "enterprise_move": Setting(
        "市场主体迁移调档",
        {"move_in": (CQ, "market_regulation"), "move_out": (SC, "market_regulation")},
        {"0": CQ, "1": SC},
    ),
    "one_thing": Setting("员工录用一件事", {"lead": (SC, "human_resources")}),
    "financing": Setting("跨省融资对接（渝快融/兴川贷）", {"platform": (SC, "service_center")}),
    "loan_offer": Setting(
        "银行审核融资需求", {"bank": ("510000", "bank")}, part_of=("financing", "offer")
    ),
    "notarisation": Setting("学历公证（指引）", {"owner": (SC, "justice")}),
    "route_permit": Setting(
        "公路超限运输许可(跨省)", {"owner": (SC, "transport")}, {"0": SC, "1": CQ}
    ),
    "route_consent": Setting(
        "超限运输沿线意见",
        {"along": (CQ, "transport")},
        {"0": SC, "1": CQ},
        part_of=("route_permit", "route"),
    ),
    "qualification": Setting(
        "养老金领取人员生存认证", {"owner": (SC, "human_resources")}, {"0": SC, "1": CQ}
    ),
    "reimbursement": Setting(
        "住院费用报销", {"owner": ("500000", "medical_insurance")}, {"0": "500000", "1": "511700"}
    ),
    "treatment_inquiry": Setting(
        "就医地协查",
        {"treatment": ("511700", "medical_insurance")},
        {"0": "511700"},
        part_of=("reimbursement", "inquiry"),
    ),
    "loan_certificate": Setting(
        "出具贷款职工住房公积金缴存使用证明",
        {"deposit": ("511700", "housing_fund"), "loan": ("500000", "housing_fund")},
        {"0": "511700", "1": "500000"},
        prepare=ways_of_loans.with_account,
    ),
    "cross_city_loan": Setting(
        "公积金互认互贷",
        {"loan": ("500000", "housing_fund"), "deposit": ("511700", "housing_fund")},
        {"0": "500000", "1": "511700", "2": "500000"},
        prepare=ways_of_loans.with_certificate,
    ),
    "loan_mark": Setting(
        "异地贷款账户标记",
        {"deposit": ("511700", "housing_fund"), "loan": ("500000", "housing_fund")},
        {"0": "511700", "1": "500000"},
        part_of=("cross_city_loan", "mark"),
        prepare=ways_of_loans.with_loan,
    ),
    "loan_collection": Setting(
        "异地贷款逾期协助催收",
        {"deposit": ("511700", "housing_fund"), "loan": ("500000", "housing_fund")},
        {"0": "511700", "1": "500000"},
        part_of=("cross_city_loan", "collect"),
        prepare=ways_of_loans.with_arrears,
    ),
    "clearing_month": Setting(
        "异地就医月度清算",
        {"treated": clearing.SICHUAN, "insured": clearing.CHONGQING},
        begun_by="clearing_clerk",
        prepare=clearing.agencies,
    ),
    "clearing_signing": Setting(
        "签署异地就医清算单",
        {"signer": clearing.SICHUAN},
        part_of=("clearing_month", "sign"),
        begun_by="clearing_clerk",
        prepare=clearing.signing,
    ),
    "clearing_advance": Setting(
        "异地就医预付金",
        {"treated": clearing.SICHUAN, "insured": clearing.CHONGQING},
        begun_by="clearing_clerk",
        prepare=clearing.advance,
    ),
    "medical_filing": Setting(
        "异地就医登记备案",
        {"owner": ("511700", "medical_insurance"), "treating": ("500000", "medical_insurance")},
        {"0": "511700", "1": "500000"},
        prepare=filings.prepare,
    ),
    "medical_visit": Setting(
        "出院医保跨省直接结算",
        {
            "hospital": (SC, "hospital"),
            "treating": ("511700", "medical_insurance"),
            "home": ("500000", "medical_insurance"),
        },
        begun_by="his_clerk",
        prepare=visits.prepare,
    ),
    "record_query": Setting("社会保障卡应用状态查询", {"owner": (SC, "human_resources")}),
    "window_booking": Setting(
        "结婚登记预约", {"owner": (SC, "civil_affairs")}, more={"visit_on": "2026-05-12"}
    ),
}


def open_in(world: World, flow: str, **changes: Any) -> Case:
    """A case of that flow, with a co-applicant and a beneficiary; changes: to its matter's definition."""
    setting = SETTINGS[flow]
    version = world.matter(setting.matter, **changes)
    world.parts(version)
    asked = [f["code"] for f in version.definition["fields"] if f["kind"] == "region"]
    regions = {code: setting.answers[str(n)] for n, code in enumerate(asked) if setting.answers}
    parties = [
        PartyInput(role="applicant", name="林晓梅", user=world.citizen),
        PartyInput(role="co_applicant", name="周晓燕", user=world.daughter),
        PartyInput(role="beneficiary", name="周德福", user=world.people["father"]),
    ]
    more: dict[str, Any] = {}
    if setting.part_of is not None:
        parent, kind = setting.part_of
        more = {"parent_id": open_in(world, parent).pk, "relation": "part", "awaited_as": kind}
        more["offices"] = {seat: world.office(*place) for seat, place in setting.seats.items()}
    data = answers_for(version, **regions, **setting.more)
    if setting.prepare is not None:
        data |= setting.prepare(world)
        more["offices"] = {seat: world.office(*place) for seat, place in setting.seats.items()}
    by = setting.begun_by
    return world.open(version, by=by, at=at(OPENED), data=data, parties=parties, **more)


def actors_in(world: World, flow: str) -> dict[str, Actor]:
    """One of every kind who could try, by the names of the table of rights."""
    people = {"applicant": "citizen", "co_applicant": "daughter", "outsider": "outsider",
              "beneficiary": "father", "window's supervisor": "supervisor_cq",
              "owner's supervisor": "supervisor_sc", "clerk elsewhere": "clerk_elsewhere"}  # fmt: skip
    for seat, (region, kind) in SETTINGS[flow].seats.items():
        for role, name in (("clerk", seat), ("head", f"head of {seat}")):
            people[name] = f"{flow}_{seat}_{role}"
            world.post(people[name], name, region, kind, role)
    return {name: world.actor(who) for name, who in people.items()} | {"system": SYSTEM}


def put_in_state(case: Case, spot: Spot) -> None:
    """Straight into the row, past the one door: for tests of what that door refuses, and no others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_case SET state = %s, stage = %s, holder = %s, holder_office_id = %s"
            " WHERE id = %s",
            [spot.state.code, spot.stage, spot.holder, case.office_of(spot.holder), case.pk],
        )
