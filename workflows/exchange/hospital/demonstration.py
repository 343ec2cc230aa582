"""The demonstration hospitals: systems of their own that know this site only by its API, over HTTP.

What they do is drawn from a seed: who comes, what it costs, whether fees change, an answer is lost or
their own books fail. What they settled they keep in books of their own, and compare by the day.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Final

from workflows.exchange.caller import Caller, Refused

__all__ = ["Books", "Clinic", "Hospitals", "Patient", "Refused"]

AGREED = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "psn_cash_pay")
# (name, med_chrgitm_type, chrgitm_lv, 先行自付比例, share of the bill in hundredths)
CHARGES: Final = (
    ("床位费（示范）", "01", "01", "0", 8),
    ("检查费（示范）", "03", "02", "0.1", 18),
    ("化验费（示范）", "04", "01", "0", 14),
    ("手术费（示范）", "06", "01", "0", 22),
    ("卫生材料（示范）", "08", "02", "0.15", 12),
    ("西药（示范）", "09", "01", "0", 20),
    ("自费项目（示范）", "14", "03", "0", 6),
)
# Who is refused at the card leaves, and the next one comes.
CARDS: Final = 12
CLR_TYPES: Final = {"21": "21", "11": "11", "13": "11", "41": "41"}


@dataclass(frozen=True)
class Clinic:
    """One hospital or pharmacy: its number, its own key, the pool that it lies in."""

    code: str
    key: str
    pool: str
    is_pharmacy: bool


@dataclass(frozen=True)
class Patient:
    """Somebody with a card: all that a hospital reads off it."""

    id_number: str
    pool: str


@dataclass
class Books:
    """What the hospitals hold they have settled, by hospital and day; in a file, if one is named."""

    path: Path | None = None
    rows: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.path is not None and self.path.exists():
            lines = self.path.read_text("utf-8").splitlines()
            self.rows = [json.loads(line) for line in lines if line]

    def write(self, row: dict[str, str]) -> None:
        self.rows.append(row)
        if self.path is not None:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")

    def of_day(self, code: str, day: str) -> list[dict[str, str]]:
        return [row for row in self.rows if row["code"] == code and row["day"] == day]


@dataclass
class Hospitals:
    """site: where the API is. Each visit has luck of its own: the nth of a seed is always the same."""

    site: str
    clinics: Sequence[Clinic]
    patients: Sequence[Patient]
    books: Books
    seed: int = 1

    def play(self, nth: int, today: dt.date) -> str:
        """One visit, as far as it goes; its last word: settled, refused, self_paid, reversed.

        Raises OSError where the site is down.
        """
        luck = Random(f"visit {self.seed} {nth}")  # noqa: S311 - a play
        clinic = luck.choice(self.clinics)
        strangers = [each for each in self.patients if each.pool != clinic.pool]
        word = "refused"
        for card in range(CARDS):
            name = f"DEMO{self.seed}-{today:%Y%m%d}-{nth}.{card}"
            visit = Played(self, clinic, luck, name, today)
            try:
                return visit.through(luck.choice(strangers or list(self.patients)))
            except Refused as refused:
                word = visit.given_up(refused)
            if visit.mdtrt_id:
                break
        return word

    def compare(self, today: dt.date) -> int:
        """3201 for every hospital of the day, 3202 where totals differ; how many agree."""
        agreeing = 0
        for clinic in self.clinics:
            rows = self.books.of_day(clinic.code, today.isoformat())
            told = self.send(clinic, "3201", _totals(rows, today), f"DZ-{today}-{len(rows)}")
            if not told["agrees"]:
                lines = {"stmt_begndate": today.isoformat(), "lines": [_line(row) for row in rows]}
                told = self.send(clinic, "3202", lines, f"MX-{today}-{len(rows)}")
            agreeing += bool(told["agrees"])
        return agreeing

    def send(self, clinic: Clinic, infno: str, told: dict[str, Any], msgid: str) -> Any:
        """One message; its output. The same msgid again gets the same answer."""
        body = {"msgid": f"{clinic.code}-{msgid}", "fixmedins_code": clinic.code, "input": told}
        return self.post(clinic, f"/medical/{infno}", body)["output"]

    def post(self, clinic: Clinic, path: str, body: Any, key: str = "") -> Any:
        """Raises Refused, and OSError where the site is down."""
        caller = Caller(self.site, clinic.key, clinic.code)
        return caller.call("GET" if body is None else "POST", path, body, key)


class Played:
    """One visit on its way."""

    def __init__(
        self, hospitals: Hospitals, clinic: Clinic, luck: Random, name: str, today: dt.date
    ) -> None:
        self.hospitals, self.clinic, self.luck = hospitals, clinic, luck
        self.name, self.today = name, today
        self.sent = 0
        self.mdtrt_id = ""

    def say(self, infno: str, **told: Any) -> Any:
        self.sent += 1
        about = {"mdtrt_id": self.mdtrt_id} if self.mdtrt_id else {}
        return self.hospitals.send(self.clinic, infno, about | told, f"{self.name}-{self.sent}")

    def through(self, patient: Patient) -> str:
        med_type = self._med_type()
        is_stay = med_type == "21"
        days = self.luck.randrange(2, 12) if is_stay else 0
        # A stay across the year's end is settled in two parts: none is played.
        began = max(self.today - dt.timedelta(days=days), dt.date(self.today.year, 1, 1))
        told = {"mdtrt_cert_no": patient.id_number, "med_type": med_type}
        self.mdtrt_id = self.say("1101", **told, begntime=began.isoformat())["mdtrt_id"]
        if not self.clinic.is_pharmacy:
            self.say("2401" if is_stay else "2201", dise_name="示范诊断", trum_flag="0")
        total = self._charge(is_stay, began)
        if is_stay:
            self.say("2402", endtime=self.today.isoformat(), medfee_sumamt=total)
        if self.luck.random() < 0.08:
            return self._pay_alone("gave_up", "患者要求自费（示范）")
        shown = self.say("2303" if is_stay else "2206", medfee_sumamt=total)["setlinfo"]
        if self.luck.random() < 0.1:
            shown = self._change(is_stay, began, total)
        return self._settle(med_type, is_stay, shown)

    def given_up(self, refused: Refused) -> str:
        """What the site refuses is told to the patient; a visit that had begun is paid alone."""
        if not self.mdtrt_id or refused.status == 504:
            return "unknown" if refused.status == 504 else "refused"
        try:
            return self._pay_alone("failure", str(refused.problem.get("detail", "")))
        except Refused:
            return "refused"

    def _med_type(self) -> str:
        if self.clinic.is_pharmacy:
            return "41"
        return self.luck.choices(["21", "11", "13"], weights=[70, 15, 15])[0]

    def _charge(self, is_stay: bool, began: dt.date) -> str:
        """Upload the bill; its total."""
        total = Decimal(
            self.luck.randrange(3000, 42000) if is_stay else self.luck.randrange(60, 900)
        )
        lines, left = [], total
        chosen = CHARGES if is_stay else CHARGES[5:6]
        for nth, (name, kind, level, ratio, share) in enumerate(chosen):
            amount = (
                left if nth == len(chosen) - 1 else (total * share / 100).quantize(Decimal("0.01"))
            )
            left -= amount
            lines.append(self._line(nth, name, kind, level, ratio, amount, began))
        self.say("2301" if is_stay else "2204", feedetl=lines)
        return str(total)

    def _change(self, is_stay: bool, began: dt.date, total: str) -> Any:
        """A fee that was forgotten: what was shown is void, and all is reckoned anew."""
        line = self._line(90, "护理费（示范）", "07", "01", "0", Decimal("36.00"), began)
        self.say("2301" if is_stay else "2204", feedetl=[line])
        again = str(Decimal(total) + 36)
        if is_stay:
            self.say("2402", endtime=self.today.isoformat(), medfee_sumamt=again)
        return self.say("2303" if is_stay else "2206", medfee_sumamt=again)["setlinfo"]

    def _settle(self, med_type: str, is_stay: bool, shown: dict[str, str]) -> str:
        infno = "2304" if is_stay else "2207"
        agreed = {name: shown[name] for name in AGREED}
        told = self.say(infno, **agreed)
        if self.luck.random() < 0.1:
            # The answer was lost on its way: the same message again, and it is done once.
            self.sent -= 1
            told = self.say(infno, **agreed)
        settled = told["setlinfo"]
        self._book(med_type, settled, settled["setl_id"], "0")
        if self.luck.random() < 0.06:
            back = self.say(
                "2305" if is_stay else "2208", setl_id=settled["setl_id"], auto_flag="1"
            )
            self._book(med_type, back["setlinfo"], settled["setl_id"], "1")
            return "reversed"
        return "settled"

    def _pay_alone(self, ground: str, reason: str) -> str:
        """转自费 has no number of its own in the interface: it is a step like any other system's."""
        case = self.hospitals.post(self.clinic, f"/cases/{self.mdtrt_id}", None)
        path = f"/cases/{self.mdtrt_id}/steps/pay_oneself"
        body = {"token": case["seq"], "data": {"ground": ground, "reason": reason[:200]}}
        self.hospitals.post(self.clinic, path, body, f"{self.name}-alone")
        return "self_paid"

    def _book(self, med_type: str, setlinfo: dict[str, str], setl_id: str, is_back: str) -> None:
        account = Decimal(setlinfo["acct_pay"]) + Decimal(setlinfo["acct_mulaid_pay"])
        self.hospitals.books.write(
            {
                "code": self.clinic.code,
                "day": self.today.isoformat(),
                "setl_id": setl_id,
                "refd_setl_flag": is_back,
                "clr_type": CLR_TYPES[med_type],
                "insuplc_admdvs": setlinfo["insuplc_admdvs"],
                "medfee_sumamt": setlinfo["medfee_sumamt"],
                "fund_pay_sumamt": setlinfo["fund_pay_sumamt"],
                "acct_pay": str(account),
            }
        )

    def _line(
        self, nth: int, name: str, kind: str, level: str, ratio: str, amount: Decimal, day: dt.date
    ) -> dict[str, str]:
        return {
            "feedetl_sn": f"{nth:02}",
            "fee_ocur_time": day.isoformat(),
            "med_list_codg": f"SF{kind}{level}",
            "name": name,
            "med_chrgitm_type": kind,
            "chrgitm_lv": level,
            "selfpay_prop": ratio,
            "det_item_fee_sumamt": str(amount),
        }


def _totals(rows: Sequence[dict[str, str]], day: dt.date) -> dict[str, Any]:
    sums: dict[str, dict[str, Any]] = {}
    for row in rows:
        found = sums.setdefault(
            row["clr_type"], {"clr_type": row["clr_type"], "fixmedins_setl_cnt": 0}
        )
        found["fixmedins_setl_cnt"] += 1
        for name in ("medfee_sumamt", "fund_pay_sumamt", "acct_pay"):
            found[name] = str(Decimal(found.get(name, "0")) + Decimal(row[name]))
    return {"stmt_begndate": day.isoformat(), "details": list(sums.values())}


def _line(row: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if name not in ("code", "day")}
