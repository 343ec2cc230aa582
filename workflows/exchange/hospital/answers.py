"""What messages are answered with: people, visits and settlements by their national names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from matters.medical.models import Insured, Settlement, Visit
from tongban.accounts.personal import mask_name

if TYPE_CHECKING:
    import datetime as dt

    from workflows.flows.medical_visit_card import Card

# 险种 (national code list): 310 职工基本医疗保险, 390 城乡居民基本医疗保险.
INSUTYPES = {Insured.Type.EMPLOYEE: "310", Insured.Type.RESIDENT: "390"}


def person_out(insured: Insured, on: dt.date) -> dict[str, Any]:
    """baseinfo and insuinfo of 1101; the name masked."""
    born = insured.born_on
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return {
        "baseinfo": {"psn_no": insured.psn_no, "psn_name": mask_name(insured.name), "age": age},
        "insuinfo": {
            "insutype": INSUTYPES[Insured.Type(insured.insured_type)],
            "insuplc_admdvs": insured.pool_id,
            "balc": str(insured.account_balance),
        },
    }


def card_out(card: Card) -> dict[str, Any]:
    """Cover and filing, and what to do where either stands in the way."""
    return {
        "cover": card.benefit.status,
        "cover_sentence": card.benefit.sentence,
        "filing": card.standing.filing,
        "filing_sentence": card.standing.sentence,
        "doubts": list(card.standing.doubts),
        "diseases": list(card.diseases),
    }


def breakdown_out(kept: Mapping[str, Any]) -> dict[str, Any]:
    """setlinfo and setldetail, each amount with its sentence, the rules that were used."""
    lists = ("setldetail", "explanation", "rules", "doubts", "ytd")
    return {
        "setlinfo": {name: value for name, value in kept.items() if name not in lists},
        **{name: kept.get(name, []) for name in lists},
    }


def settlement_out(settlement: Settlement, visit: Visit) -> dict[str, Any]:
    """What 2304 and 2207 answer, the same whenever they are asked again."""
    told = breakdown_out(settlement.breakdown | {"rules": settlement.rules})
    told["setlinfo"] |= {
        "setl_id": settlement.setl_id,
        "mdtrt_id": settlement.mdtrt_id,
        "setl_time": settlement.booked_at,
        "insuplc_admdvs": settlement.pool,
        "fixmedins_code": visit.institution.code,
    }
    return told
