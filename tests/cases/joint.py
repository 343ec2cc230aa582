"""A flow with child cases, for tests only: two sides sign a statement, or one of several banks lends.

Its proxies belong to an app that is not installed, so that no migration is ever made for them, and
its flows are in the registry only while a test asks for them (`joint_flows`).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from matters.catalogue.models import Matter, MatterVersion
from tests.world import LIN_ID, World, at
from tongban.accounts.actors import SYSTEM
from workflows.cases import registry
from workflows.cases.act import Act
from workflows.cases.declarations import APPLICANT, Awaits, Next, Seat, State, step
from workflows.cases.declarations import SYSTEM as BY_SYSTEM
from workflows.cases.flow import Flow
from workflows.cases.models import Case
from workflows.cases.opening import Application, PartyInput, open_case


class JointStatement(Flow):
    CODE = "joint_statement"
    LABEL = "联合声明（测试）"
    SEATS = (Seat("lead", "牵头单位"),)
    OWNER_SEAT = "lead"
    INITIAL = "gathering"
    STATES = (
        State("gathering", "征集中", "lead"),
        State("signing", "会签中", "lead", awaits=Awaits("signature")),
        State("asking", "询问中", "lead", awaits=Awaits("offer", "any")),
        State("leading", "牵头决定中", "lead", awaits=Awaits("signature", "lead")),
        State("made", "已成立", "", counts_as="concluded", closes=True),
        State("failed", "未成立", "", counts_as="concluded", closes=True),
        State("withdrawn", "已撤回", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()
        app_label = "joint_for_tests"

    @step("送各方会签", source="gathering", target="signing", by="lead")
    def send_for_signature(self, _act: Act) -> None: ...

    @step("询问各家", source="gathering", target="asking", by="lead")
    def ask_all(self, _act: Act) -> None: ...

    @step("由牵头单位决定", source="gathering", target="leading", by="lead")
    def lead_decides(self, _act: Act) -> None: ...

    @step("牵头单位认定成立", source="leading", target="made", by="lead")
    def declare(self, _act: Act) -> None: ...

    @step("中止", source=("gathering", "signing"), by="lead")
    def pause(self, act: Act) -> None:
        """One statement."""
        act.suspend(kind="special", reason="测试")

    @step("恢复", source=("gathering", "signing"), by="lead", while_suspended=True)
    def go_on(self, act: Act) -> None:
        """One statement."""
        act.resume()

    @step("各方已答复", source=("signing", "asking", "leading"), target=Next(("made", "failed")),
          by=BY_SYSTEM)  # fmt: skip
    def child_closed(self, act: Act) -> str:
        """One statement."""
        outcomes = list(
            Case.objects.filter(parent_id=self.pk, relation="part").values_list(
                "outcome", flat=True
            )
        )
        act.note(outcomes=sorted(outcomes))
        enough = any if self.state == "asking" else all
        made = enough(outcome == "done" for outcome in outcomes)
        act.outcome = "done" if made else "disapproved"
        return "made" if made else "failed"

    @step("撤回", source=("gathering", "signing", "asking", "leading"), target="withdrawn",
          by=APPLICANT, right="withdraw", while_suspended=True)  # fmt: skip
    def withdraw(self, act: Act) -> None:
        act.outcome = "withdrawn"


class OneSide(Flow):
    CODE = "one_side"
    LABEL = "一方签署（测试）"
    SEATS = (Seat("side", "一方"),)
    OWNER_SEAT = "side"
    INITIAL = "asked"
    STATES = (
        State("asked", "待签署", "side"),
        State("signed", "已签署", "", counts_as="concluded", closes=True),
        State("declined", "已拒绝", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()
        app_label = "joint_for_tests"

    @step("签署", source="asked", target="signed", by="side")
    def sign(self, act: Act) -> None:
        act.outcome = "done"

    @step("拒绝", source="asked", target="declined", by="side")
    def decline(self, act: Act) -> None:
        act.outcome = "refused"


TEST_FLOWS = (JointStatement, OneSide)
for flow in TEST_FLOWS:
    # Declaring them has registered them; tests of "every flow" must not meet these.
    registry._flows.pop(flow.CODE)


@contextmanager
def joint_flows() -> Iterator[None]:
    """The test's flows are known in here."""
    for flow in TEST_FLOWS:
        registry.register(flow)
    try:
        yield
    finally:
        for flow in TEST_FLOWS:
            registry._flows.pop(flow.CODE)


NOW = at("2026-05-11 09:00")


class Joint:
    """A statement of 万州 and its sides: 万州 and 通川."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.statement = _version("joint_statement", "lead")
        self.side = _version("one_side", "side")

    def parent(self) -> Case:
        return self._open(self.statement, "500101")

    def child(self, parent: Case, kind: str = "signature", relation: str = "part") -> Case:
        more = {"parent_id": parent.pk, "relation": relation, "awaited_as": kind}
        return self._open(self.side, "511702", **more)

    def take(self, case: Case, step: str, when: dt.datetime | None = None) -> Case:
        by = "citizen" if step == "withdraw" else _CLERKS[next(iter(case.seats.values()))["region"]]
        self.world.take(case, step, by, at=when or NOW + dt.timedelta(hours=1))
        return Case.objects.get(pk=case.pk)

    def _open(self, version: MatterVersion, region: str, **more: Any) -> Case:
        applicant = PartyInput(
            role="applicant", name="林晓梅", user=self.world.citizen, id_number=LIN_ID
        )
        application = Application(
            draft_key=uuid.uuid4(), version=version, origin_region=region, parties=[applicant],
            data={}, **more,
        )  # fmt: skip
        return open_case(application, actor=SYSTEM, at=NOW).case


_CLERKS = {"500101": "police_cq", "511702": "police_sc"}


def _version(flow: str, seat: str) -> MatterVersion:
    matter = Matter.objects.create(
        slug=f"test-{flow}", name=flow, department_id="general", source_url=f"test:{flow}"
    )
    rule = {"seat": seat, "office_kind": "police", "level": "county", "region": "origin"}
    return MatterVersion.objects.create(
        matter=matter,
        number=1,
        status="published",
        valid_from=dt.date(2026, 1, 1),
        mode="joint",
        mode_certainty="stated",
        flow=flow,
        definition={"seats": [rule], "result": {"kind": "none", "name": "无"}},
        published_at=at("2026-01-01 00:00"),
    )
