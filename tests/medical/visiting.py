"""A hospital of 达州, its system, and 周德福 of 重庆 who is treated there."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import timezone

from matters.medical.models import Institution, Insured, Settlement, Visit
from tests.medical.cover import insure
from tests.world import ZHOU_ID, World
from workflows.cases.models import Case
from workflows.exchange.keys import issue_key

TONGCHUAN, WANZHOU = "511702", "500101"
MATTERS = ("出院医保跨省直接结算", "门诊费用跨省直接结算", "门诊慢特病费用跨省直接结算")
KINDS = ["inpatient", "outpatient", "chronic"]
_serial = itertools.count(1)


def ago(days: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=days)


def patient(**more: Any) -> Insured:
    """周德福, at work in 重庆 with money in his account."""
    fields: dict[str, Any] = {
        "person_class": "active",
        "born_on": dt.date(1986, 5, 5),
        "account_balance": Decimal("500.00"),
    }
    return insure("500000", **(fields | more))


def hospital_at(world: World, region: str = TONGCHUAN, **more: Any) -> Institution:
    fields: dict[str, Any] = {
        "code": f"H{region}{next(_serial):05}",
        "name": "通川示范医院",
        "level": "tier_3",
        "open_visits": KINDS,
        "office": world.office(region, "hospital"),
    }
    return Institution.objects.create(region_id=region, **(fields | more))


def fee(amount: str, level: str = "01", **more: Any) -> dict[str, Any]:
    return {
        "feedetl_sn": f"F{next(_serial):06}",
        "fee_ocur_time": ago(3).isoformat(),
        "med_list_codg": "XA01",
        "name": "头孢克肟片（示范）",
        "med_chrgitm_type": "09",
        "chrgitm_lv": level,
        "det_item_fee_sumamt": amount,
        **more,
    }


class Hospital:
    """The computer of a hospital. `client` posts; over real HTTP it is another one's."""

    def __init__(self, world: World, institution: Institution | None = None) -> None:
        for name in MATTERS:
            world.matter(name)
        self.institution = institution or hospital_at(world)
        office = self.institution.office
        assert office is not None
        self.key = issue_key(
            system=f"his-{self.institution.pk}", name="通川示范医院系统", offices=[office]
        )
        self.client = Client()

    def send(self, infno: str, told: dict[str, Any], msgid: str = "") -> Any:
        """The raw answer to one message."""
        body = {"msgid": msgid or f"MSG{next(_serial):08}", "input": told}
        return self.client.post(
            f"/api/medical/{infno}",
            json.dumps(body),
            "application/json",
            headers={"Authorization": f"Bearer {self.key}"},
        )

    def say(self, infno: str, told: dict[str, Any], msgid: str = "") -> dict[str, Any]:
        """The output of a message that is done."""
        answer = self.send(infno, told, msgid)
        assert answer.status_code == 200, (infno, answer.json())
        output: dict[str, Any] = answer.json()["output"]
        return output

    def card(self, id_number: str = ZHOU_ID, med_type: str = "21", **more: Any) -> str:
        """Read the card and register a visit; its mdtrt_id."""
        told = {"mdtrt_cert_no": id_number, "med_type": med_type, "begntime": ago(6).isoformat()}
        return str(self.say("1101", told | more)["mdtrt_id"])

    def stay(self, *fees: dict[str, Any], **card: Any) -> str:
        """Up to discharge; the mdtrt_id."""
        mdtrt_id = self.card(**card)
        lines = list(fees) or [fee("12000.00"), fee("1000.00", "02", selfpay_prop="0.1")]
        total = sum(Decimal(line["det_item_fee_sumamt"]) for line in lines)
        self.say("2401", {"mdtrt_id": mdtrt_id, "dise_name": "肺炎"})
        self.say("2301", {"mdtrt_id": mdtrt_id, "feedetl": lines})
        ends = {"endtime": ago(0).isoformat(), "medfee_sumamt": str(total)}
        self.say("2402", {"mdtrt_id": mdtrt_id, **ends})
        return mdtrt_id

    def presettle(self, mdtrt_id: str, infno: str = "2303") -> dict[str, Any]:
        total = sum(
            line.det_item_fee_sumamt
            for line in Visit.objects.get(mdtrt_id=mdtrt_id).fees.filter(cancelled_at=None)
        )
        return self.say(infno, {"mdtrt_id": mdtrt_id, "medfee_sumamt": str(total)})

    def agreed(self, mdtrt_id: str) -> dict[str, str]:
        """What 2304 has to say: as it was shown last."""
        shown = Visit.objects.get(mdtrt_id=mdtrt_id).presettled
        names = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "psn_cash_pay")
        return {"mdtrt_id": mdtrt_id, **{name: shown[name] for name in names}}

    def settle(self, mdtrt_id: str, infno: str = "2304", msgid: str = "") -> dict[str, Any]:
        return self.say(infno, self.agreed(mdtrt_id), msgid)

    def settled_stay(self, *fees: dict[str, Any], **card: Any) -> str:
        mdtrt_id = self.stay(*fees, **card)
        self.presettle(mdtrt_id)
        self.settle(mdtrt_id)
        return mdtrt_id


def case_of(mdtrt_id: str) -> Case:
    return Case.objects.get(number=mdtrt_id)


def state_of(mdtrt_id: str) -> str:
    return str(case_of(mdtrt_id).state)


def live(mdtrt_id: str) -> list[Settlement]:
    return list(Settlement.objects.filter(mdtrt_id=mdtrt_id, sign=1, reversal=None))
