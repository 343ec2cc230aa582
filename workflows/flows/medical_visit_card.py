"""刷卡: what a hospital hears when it reads a card, and whether a visit may be registered for it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matters.medical.filing.cover import Benefit, benefit_standing
from matters.medical.filing.registering import deem_filed
from matters.medical.filing.standing import Standing, standing
from matters.medical.models import Chronic, Institution, Insured, Visit, VisitKind

if TYPE_CHECKING:
    from workflows.cases.act import Act

    from .medical_visit import MedicalVisit

EMERGENCY = "emergency"
PAY_AND_CLAIM = (
    "请先全额自费结算，保留发票、费用清单和出院小结；待遇恢复或问题解决后，"
    "向参保地申请手工报销，可先拨 12393 询问。"
)


@dataclass(frozen=True)
class Obstacle:
    """One thing that forbids direct settlement: a code for machines, a sentence for people."""

    code: str
    text: str


@dataclass(frozen=True)
class Card:
    """What the place of insurance answers to a card: cover, filing, and what stands in the way."""

    insured: Insured
    institution: Institution
    kind: str
    benefit: Benefit
    standing: Standing
    diseases: tuple[str, ...]
    obstacles: tuple[Obstacle, ...]

    @property
    def may_register(self) -> bool:
        return not self.obstacles

    @property
    def safe_act(self) -> str:
        """What is right whatever turns out to hold; "" where nothing stands in the way."""
        return "" if self.may_register else self.standing.safe_act or PAY_AND_CLAIM


class CardRefused(Exception):
    """The visit is not registered: `card` says why and what is right in any case."""

    def __init__(self, card: Card) -> None:
        super().__init__("；".join(each.text for each in card.obstacles))
        self.card = card


class NotKnown(LookupError):
    """Nobody is insured under that number, or no hospital works at that office."""


def read_card(
    *,
    insured: Insured,
    institution: Institution,
    kind: str,
    on: dt.date,
    began_on: dt.date | None = None,
    is_emergency: bool = False,
    disease: str = "",
    visit_key: str = "",
) -> Card:
    """Cover and filing on `on`, for a visit of `kind` that began on `began_on`. Five statements or so."""
    stands = standing(
        insured=insured,
        destination=institution.region_id,
        visit=kind,
        on=on,
        is_emergency=is_emergency,
        open_since=began_on,
        visit_key=visit_key,
    )
    benefit = benefit_standing(insured=insured, on=on)
    diseases = _diseases(insured, on) if kind == VisitKind.CHRONIC else ()
    obstacles = [
        *_of_institution(institution, kind, on),
        *_of_cover(benefit),
        *_of_filing(benefit, stands),
        *_of_disease(kind, disease, diseases),
    ]
    return Card(insured, institution, kind, benefit, stands, diseases, tuple(obstacles))


def register_visit(case: MedicalVisit, act: Act) -> Visit:
    """The visit of a new case, deemed filed where it is an emergency. Raises CardRefused, NotKnown.

    Nine statements or so.
    """
    told = case.data
    insured = Insured.objects.filter(psn_no=told["psn_no"]).first()
    institution = Institution.objects.filter(office_id=case.office_of("hospital") or 0).first()
    if insured is None or institution is None:
        raise NotKnown("人员编号或医药机构不在登记中")
    is_emergency = told.get("is_emergency") is True or told.get("is_emergency") == "yes"
    began_on = dt.date.fromisoformat(str(told["began_on"]))
    card = read_card(
        insured=insured,
        institution=institution,
        kind=told["visit"],
        on=act.today,
        began_on=began_on,
        is_emergency=is_emergency,
        disease=told.get("disease") or "",
        visit_key=case.number,
    )
    if not card.may_register:
        raise CardRefused(card)
    filing = card.standing.row
    if card.standing.filing == EMERGENCY and filing is None:
        filing = deem_filed(
            insured=insured,
            destination=institution.region_id,
            visit_key=case.number,
            on=began_on,
            at=act.at,
        )
    return Visit.objects.create(
        mdtrt_id=case.number,
        insured=insured,
        institution=institution,
        kind=card.kind,
        began_on=began_on,
        # A stay ends with its discharge, everything else on its day.
        ended_on=None if card.kind == VisitKind.INPATIENT else began_on,
        filing=filing,
        filing_code=card.standing.filing,
        filing_sentence=card.standing.sentence[:500],
        filing_doubts=list(card.standing.doubts),
        is_emergency=is_emergency,
        disease=told.get("disease") or "",
    )


def _diseases(insured: Insured, on: dt.date) -> tuple[str, ...]:
    """慢特病 that the place of insurance has recognised. One statement."""
    rows = Chronic.objects.in_force(on).filter(insured=insured).order_by("disease")
    return tuple(rows.values_list("disease", flat=True))


def _of_institution(institution: Institution, kind: str, on: dt.date) -> list[Obstacle]:
    words = VisitKind(kind).label
    begun = institution.valid_from is None or institution.valid_from <= on
    ended = institution.valid_to is not None and institution.valid_to <= on
    if begun and not ended and kind in institution.open_visits:
        return []
    text = f"{institution.name}没有开通异地{words}直接结算。可先自费，再到参保地申请手工报销。"
    return [Obstacle("not_open", text)]


def _of_cover(benefit: Benefit) -> list[Obstacle]:
    return [] if benefit.is_ok else [Obstacle(benefit.status, benefit.sentence)]


def _of_filing(benefit: Benefit, stands: Standing) -> list[Obstacle]:
    # Without cover no filing counts: that is said once, by the cover.
    if stands.may_settle_directly or not benefit.is_ok:
        return []
    return [Obstacle("unfiled", stands.sentence)]


def _of_disease(kind: str, disease: str, known: tuple[str, ...]) -> list[Obstacle]:
    if kind != VisitKind.CHRONIC or disease in known:
        return []
    named = "、".join(known) or "无"
    text = f"参保地没有认定这个门诊慢特病病种（已认定：{named}）。可按普通门诊登记。"
    return [Obstacle("disease_not_recognised", text)]
