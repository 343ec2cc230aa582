"""A matter that asks three questions before any form, as the data files say it."""

from __future__ import annotations

from typing import Any

from matters.catalogue.models import MatterVersion
from tests.world import SUBSIDY, World

PRECHECK: dict[str, Any] = {
    "questions": [
        {"code": "has_card", "label": "您有残疾人证吗？", "kind": "yes_no"},
        {
            "code": "card_until",
            "label": "残疾人证哪天到期？",
            "kind": "date",
            "when": [{"field": "has_card", "one_of": ["yes"]}],
        },
        {
            "code": "disability_level",
            "label": "残疾等级",
            "kind": "choice",
            "choices": [
                ["first", "一级"],
                ["second", "二级"],
                ["third", "三级"],
                ["fourth", "四级"],
            ],
        },
        {"code": "by_agent", "label": "是请人代办吗？", "kind": "yes_no"},
    ],
    "outcomes": [
        {
            "kind": "other",
            "when": [{"field": "has_card", "one_of": ["no"]}],
            "text": "先办残疾人证。",
            "matter": "残疾人证新办",
            "phone": "12385",
        },
        {
            "kind": "later",
            "when": [{"field": "disability_level", "one_of": ["fourth"]}],
            "before": {"field": "card_until", "days": -90},
            "text": "残疾人证到期前九十日内可以办。",
        },
    ],
}
MATERIALS = [
    {"code": "identity", "name": "身份证", "form": "copy"},
    {"code": "disability_card", "name": "残疾人证", "form": "copy"},
    {
        "code": "authority",
        "name": "授权委托书",
        "form": "original",
        "when": [{"field": "by_agent", "one_of": ["yes"]}],
    },
]
CONDITIONS = [
    "持有残疾人证",
    {"text": "受托人须年满18周岁", "when": [{"field": "by_agent", "one_of": ["yes"]}]},
]
# Answers with which it can be done, without an agent.
YES = {"has_card": "yes", "card_until": "2030-01-31", "disability_level": "first", "by_agent": "no"}


def asking(world: World) -> MatterVersion:
    return world.matter(
        SUBSIDY, precheck=PRECHECK, materials=MATERIALS, conditions=CONDITIONS, certainty={}
    )
