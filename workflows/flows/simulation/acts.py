"""What people write into the steps that many flows share, out of a seeded generator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from matters.catalogue.forms import opened_data
from matters.catalogue.pinned import definition_of
from workflows.cases.models import Material, ParcelItem

Data = Callable[[Any, Random], dict[str, Any]]


@dataclass(frozen=True)
class Move:
    """A likely step. weight: how often it happens among those of its state, in cases for which `when` holds."""

    step: str
    weight: int
    data: Data = lambda _case, _luck: {}
    when: Callable[[Any], bool] = lambda _case: True


def reason(*choices: str) -> Data:
    return lambda _case, luck: {"reason": luck.choice(choices)}


def opinion(_case: Any, luck: Random) -> dict[str, Any]:
    return {
        "opinion": luck.choice(["经审查，符合条件。", "材料齐全，同意。", "情况属实，拟同意。"])
    }


def collect(case: Any, _luck: Random) -> dict[str, Any]:
    papers = Material.objects.filter(case_id=case.pk).values_list("pk", flat=True)
    return {"identity_checked": "on", "papers": list(papers)}


def waybill(luck: Random) -> str:
    return f"EMS{luck.randrange(10**10):010d}"


def forward(_case: Any, luck: Random) -> dict[str, Any]:
    if luck.random() < 0.3:
        return {"way": "electronic"}
    return {"way": "post", "waybill": waybill(luck)}


def sign(case: Any, _luck: Random) -> dict[str, Any]:
    items = ParcelItem.objects.filter(case_id=case.pk, signed_at=None).values_list("pk", flat=True)
    return {"arrived": list(items)}


def demand(_case: Any, luck: Random) -> dict[str, Any]:
    wanted = luck.sample(
        ["身份证复印件（正反面）", "户口簿首页", "委托书原件", "近期照片", "银行卡复印件"], 2
    )
    return {"items": "\n".join(wanted), "reason": "所交材料不清晰或已过有效期，请重新提交。"}


def supplement(case: Any, _luck: Random) -> dict[str, Any]:
    owed = Material.objects.filter(case_id=case.pk, asked_by_supplement=True, status="owed")
    return {"items": list(owed.values_list("pk", flat=True)), "note": "已按要求补齐"}


def feed_back(_case: Any, luck: Random) -> dict[str, Any]:
    if luck.random() < 0.6:
        return {"way": "electronic"}
    return {"way": "parcel", "waybill": waybill(luck)}


def receiver(case: Any, _luck: Random) -> dict[str, Any]:
    return {"receiver": case.applicant_name, "way": "counter", "book": "new"}


def money_sent(case: Any, luck: Random) -> dict[str, Any]:
    return {"amount": case.facts["sheet"]["total"], "voucher": f"LS{luck.randrange(10**10):010d}"}


def money_arrival(case: Any, luck: Random) -> dict[str, Any]:
    """The three keys as the bank carries them; one letter in twenty is somebody else's."""
    known = opened_data(definition_of(case.version_id), case.data)
    letter = case.facts["letter"] if luck.random() < 0.95 else "LXH0"
    return {
        "letter_number": letter,
        "id_number": known["id_number"],
        "amount": case.facts["sent"],
        "voucher": f"DZ{luck.randrange(10**10):010d}",
    }


ACCEPTANCE = (
    Move("accept", 85),
    Move("require_supplement", 11, demand),
    Move("refuse", 4, reason("不属于本机关职权范围，请向有权机关申请。")),
)
SUPPLEMENT = (
    Move("supplement", 90, supplement),
    Move("withdraw", 10, reason("暂不办理")),
)
DISAPPROVE = Move("disapprove", 5, reason("不符合规定条件。"))
DELIVER = (Move("deliver", 1, receiver),)
