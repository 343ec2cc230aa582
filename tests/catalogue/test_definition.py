"""What a definition may say, and that it must fit its flow."""

from typing import Any

import pytest
from pydantic import ValidationError

from matters.catalogue import registry
from matters.catalogue.checks import check_data_files, problems_of
from matters.catalogue.definition import Definition, Limit
from matters.catalogue.registry import FlowShape, FlowUnknown

RELAY = FlowShape(
    code="relay",
    name="接力",
    seats=("collector", "owner"),
    optional_seats=("township",),
    states=("collected", "reviewing"),
    stage_states=("reviewing",),
    steps=("collect", "decide"),
)
HOME = {"code": "home", "label": "户籍地", "kind": "region"}
ELDER = {"seat": "elder", "office_kind": "police", "level": "county", "region": "origin"}


@pytest.fixture(autouse=True)
def relay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_shapes", {"relay": RELAY})


def definition(**changes: Any) -> Definition:
    return Definition.model_validate(
        {
            "seats": [
                {
                    "seat": "collector",
                    "office_kind": "service_center",
                    "level": "county",
                    "region": "origin",
                },
                {
                    "seat": "owner",
                    "office_kind": "civil_affairs",
                    "level": "county",
                    "region": "field:home",
                },
            ],
            "stages": [{"code": "review", "name": "审查", "seat": "owner", "limit": "10G"}],
            "hops": {"collected": "3G"},
            "fields": [HOME],
            "result": {"kind": "notice", "name": "结果通知"},
            **changes,
        }
    )


def test_a_whole_definition_has_no_problems() -> None:
    assert problems_of(definition(), "relay") == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"stages": [{"code": "review", "name": "审查", "seat": "elder"}]}, "环节 review 的席位 elder 没有指定机构"),
        ({"special_procedures": [{"name": "公示", "basis": "法", "seat": "elder"}]}, "特别程序 公示 的席位 elder"),
        ({"seats": [definition().seats[1].model_dump()]}, "流程 接力 的席位 collector 没有指定机构"),
        ({"seats": [*definition().seats, ELDER]}, "流程 接力 没有席位 elder"),
        ({"hops": {"flown": "3G"}}, "时限写给状态 flown，流程 接力 没有这个状态"),
        ({"fields": []}, "席位 owner 按字段 home 定地区，但没有这个字段"),
        ({"fields": [{"code": "home", "label": "户籍地", "kind": "text"}]}, "该字段须为必填的 region"),
        ({"fields": [{**HOME, "required": False}]}, "该字段须为必填的 region"),
        ({"stages": []}, "流程 接力 须至少有一个环节"),
        ({"stages": [definition().stages[0].model_dump(mode="json")] * 2}, "环节 review 写了两次"),
        ({"extension": {"limit": "10G", "basis": "某法"}}, "有延长，却没有法定时限"),
        ({"statutory": "20G", "extension": {"limit": "10Z", "basis": "某法"}}, "延长与法定时限的单位不同"),
        ({"deemed_acceptance": {"limit": "5G", "basis": "某法"}}, "视为受理的依据“某法”不在设定依据"),
        ({"promise": "30G", "statutory": "20G"}, "承诺时限 30个工作日长于法定时限 20个工作日"),
        ({"certainty": {"promise": "stated"}}, "certainty 写了 promise，但该项未公布"),
        ({"certainty": {"hops.flown": "stated"}}, "certainty 写了 hops.flown，没有这个时限"),
        ({"certainty": {"weather": "stated"}}, "certainty 写了 weather，没有这一项"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(changes: dict[str, Any], problem: str) -> None:
    found = problems_of(definition(**changes), "relay")
    assert any(problem in text for text in found), found


def test_a_missing_flow_is_named() -> None:
    assert problems_of(definition(), "by_pigeon") == ["没有流程 by_pigeon"]
    with pytest.raises(FlowUnknown):
        registry.shape("by_pigeon")


def test_two_flows_cannot_share_a_code() -> None:
    registry.register(RELAY)
    with pytest.raises(ValueError, match="relay"):
        registry.register(FlowShape("relay", "另一个", (), (), (), ()))


def test_a_definition_that_names_no_known_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="promize"):
        definition(promize="3G")


def test_a_definition_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        definition().promise = Limit.parse("3G")  # type: ignore[misc]


def test_it_comes_back_from_json_as_it_was() -> None:
    written = definition(promise="16G", statutory="20G")
    assert Definition.model_validate(written.model_dump(mode="json")) == written


@pytest.mark.parametrize(
    ("text", "words"), [("3G", "3个工作日"), ("60Z", "60个自然日"), ("4H", "4小时")]
)
def test_limits_read_in_chinese(text: str, words: str) -> None:
    limit = Limit.parse(text)
    assert (str(limit), limit.text) == (text, words)


@pytest.mark.parametrize("text", ["3", "G3", "0G", "03G", "3g", "-3G", "3G ", "99999G", "3天", ""])
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Limit.parse(text)


def test_the_parts_are_found_by_their_codes() -> None:
    found = definition()
    assert found.stage("review").name == "审查"
    assert found.field("home").label == "户籍地"
    assert found.seat_rule("owner").region_field == "home"
    with pytest.raises(KeyError):
        found.material("nothing")


def test_the_data_files_fit_the_real_flows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert {shape.code for shape in registry.shapes()} >= {
        "online_approval",
        "collect_forward",
        "household_move",
        "fund_transfer",
    }
    assert check_data_files(None) == []


def test_the_data_files_are_refused_where_a_flow_is_missing() -> None:
    errors = check_data_files(None)
    assert any("没有流程 household_move" in error.msg for error in errors)
