"""A flow that is declared wrongly is refused at the start, with a sentence that says where."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
from django import forms
from django.core.checks import run_checks

from tests.cases.joint import TEST_FLOWS, joint_flows
from workflows.cases import checks
from workflows.cases.checks import faults_of
from workflows.cases.declarations import (
    APPLICANT,
    SYSTEM,
    TIMER,
    Awaits,
    Guard,
    Next,
    Seat,
    State,
    Step,
)
from workflows.cases.flow import Flow, FlowError
from workflows.cases.registry import flows

SOUND: dict[str, Any] = {
    "CODE": "small",
    "LABEL": "小流程",
    "SEATS": (Seat("owner", "主管部门"),),
    "OPTIONAL_SEATS": (),
    "OWNER_SEAT": "owner",
    "ORIGIN_SEAT": "",
    "INITIAL": "received",
    "STATES": (
        State("received", "待受理", "owner"),
        State("asking", "待补正", APPLICANT),
        State("completed", "已办结", "", closes=True),
    ),
    "STEPS": {
        "ask": Step("ask", "要求补正", "已要求补正", ("received",), "asking", ("owner",)),
        "reply": Step("reply", "补正", "已补正", ("asking",), "received", (APPLICANT,)),
        "finish": Step("finish", "办结", "已办结", ("received",), "completed", ("owner",)),
    },
}


def declared(**changes: Any) -> type[Flow]:
    """A sound little flow, with something changed. No model: only its declarations are looked at."""
    return cast("type[Flow]", type("Small", (), {**SOUND, **changes}))


def with_step(code: str, **changes: Any) -> type[Flow]:
    return declared(STEPS={**SOUND["STEPS"], code: replace(SOUND["STEPS"][code], **changes)})


def with_state(code: str, **changes: Any) -> type[Flow]:
    states = [replace(s, **changes) if s.code == code else s for s in SOUND["STATES"]]
    return declared(STATES=tuple(states))


def without_step(code: str) -> type[Flow]:
    return declared(STEPS={name: step for name, step in SOUND["STEPS"].items() if name != code})


def with_more_states(*more: State) -> type[Flow]:
    return declared(STATES=(*SOUND["STATES"], *more))


nothing = Guard("nothing", "", lambda _: True)
wordless = Guard("wordless", "not yet", lambda _: True)


class PlainForm(forms.Form):
    """Takes no situation."""


FAULTS = [
    ("E001", "owner 声明了两次", declared(SEATS=SOUND["SEATS"] * 2)),
    ("E001", "received 声明了两次", with_more_states(SOUND["STATES"][0])),
    ("E001", "INITIAL", declared(INITIAL="begun")),
    ("E001", "OWNER_SEAT", declared(OWNER_SEAT="owners")),
    ("E001", "ORIGIN_SEAT", declared(ORIGIN_SEAT="window")),
    ("E001", "OPTIONAL_SEATS", declared(OPTIONAL_SEATS=("township",))),
    ("E002", "由未声明的席位 'clerk' 持有", with_state("received", holder="clerk")),
    ("E002", "由未声明的席位 '' 持有", with_state("received", holder="")),
    ("E002", "已结束，却由 owner 持有", with_state("completed", holder="owner")),
    ("E002", "counts_as", with_state("completed", counts_as="done")),
    ("E002", "起点", declared(INITIAL="completed")),
    ("E003", "未声明的状态 'begun'", with_step("finish", source=("begun",))),
    ("E003", "未声明的状态 'ended'", with_step("finish", target="ended")),
    ("E003", "未声明的状态 'ended'", with_step("finish", target=Next(("completed", "ended")))),
    ("E003", "从哪里都不能开始", with_step("finish", source=())),
    ("E003", "不是 StepForm", with_step("finish", form=PlainForm)),
    ("E003", "tone", with_step("finish", tone="danger")),
    ("E003", "counts_as", with_step("finish", counts_as="counted")),
    ("E004", "没有人", with_step("finish", by=())),
    ("E004", "未声明的席位 'window' 办理", with_step("finish", by=("window",))),
    ("E004", "权限 'pay'", with_step("reply", right="pay")),
    ("E005", "没有步骤通向状态 lost", with_more_states(State("lost", "丢失", "", closes=True))),
    ("E005", "从状态 asking 走不到任何结束", without_step("reply")),
    ("E005", "还能走出去", with_step("reply", source=("asking", "completed"))),
    ("E006", "开始或停止未知的时限", with_state("received", starts=("hop",))),
    ("E006", "limit_from", with_state("received", limit_from="birth")),
    ("E006", "时限 '3 days'", with_state("received", limit="3 days")),
    ("E006", "须有 after", with_step("finish", by=(TIMER,))),
    ("E006", "须有 after", with_step("finish", after=lambda _: None)),
    ("E007", "等待规则", with_state("received", awaits=Awaits("part", "most"))),
    ("E007", "child_closed", with_state("received", awaits=Awaits("part"))),
    ("E008", "流程 small", declared(LABEL="small")),
    ("E008", "席位 owner", declared(SEATS=(Seat("owner", ""),))),
    ("E008", "状态 asking", with_state("asking", name="asking")),
    ("E008", "步骤 ask", with_step("ask", label=" ")),
    ("E008", "步骤 ask", with_step("ask", done="done")),
    ("E008", "条件 ask.nothing", with_step("ask", guards=(nothing,))),
    ("E008", "条件 ask.wordless", with_step("ask", guards=(wordless,))),
    ("E008", "没有文本", with_step("ask", notice="no_such_letter")),
]


@pytest.mark.parametrize(("number", "words", "flow"), FAULTS)
def test_a_planted_fault_is_named(number: str, words: str, flow: type[Flow]) -> None:
    found = list(faults_of(flow))
    assert any(n == number and words in text for n, text in found), found


def test_a_sound_flow_has_no_fault() -> None:
    assert list(faults_of(declared())) == []


def test_a_parent_that_waits_has_the_step_that_wakes_it() -> None:
    wake = Step("child_closed", "子件已办结", "子件已办结", ("received",), None, (SYSTEM,))
    states = (replace(SOUND["STATES"][0], awaits=Awaits("part", "any")), *SOUND["STATES"][1:])
    steps = {**SOUND["STEPS"], "child_closed": wake}
    assert list(faults_of(declared(STATES=states, STEPS=steps))) == []
    steps["child_closed"] = replace(wake, by=("owner",))
    assert list(faults_of(declared(STATES=states, STEPS=steps)))


def test_all_flows_are_sound_and_are_looked_at_at_every_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert {flow.CODE: list(faults_of(flow)) for flow in flows()} == {f.CODE: [] for f in flows()}
    with joint_flows():
        assert not [fault for flow in TEST_FLOWS for fault in faults_of(flow)]
    monkeypatch.setattr(checks, "faults_of", lambda flow: [("E001", flow.LABEL)])
    said = [m for m in run_checks() if m.id == "cases.E001"]
    assert {m.obj for m in said} == {flow.CODE for flow in flows()}


def test_an_override_that_forgets_to_declare_itself_is_refused_when_it_is_read() -> None:
    with pytest.raises(FlowError, match="claim"):

        class Careless(Flow):
            CODE = "careless"
            STATES = SOUND["STATES"]

            class Meta:
                proxy = True
                app_label = "joint_for_tests"

            def claim(self, act: Any) -> None: ...


def test_a_step_from_anywhere_is_refused_when_it_is_read() -> None:
    from workflows.cases.declarations import step

    with pytest.raises(FlowError, match="forbidden"):

        class Anywhere(Flow):
            CODE = "anywhere"
            STATES = SOUND["STATES"]

            class Meta:
                proxy = True
                app_label = "joint_for_tests"

            @step("任意", source="*", by="owner")
            def leap(self, act: Any) -> None: ...
