"""Where somebody stands at a place on a day: home, exempt, filed, deemed filed or not filed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from matters.medical.models import Filing, Insured, VisitKind
from tongban.templatetags.formats import zh_date

from .contacts import whom_to_call
from .cover import Benefit, benefit_standing
from .names import place_name
from .places import place_of

if TYPE_CHECKING:
    from matters.medical.rules import Exemption, RuleBook

HOME: Final = "home"
EXEMPT: Final = "exempt"
UNFILED: Final = "unfiled"
# One filing opens these together (川医保办发〔2024〕14号); nothing published says so of pharmacies.
OPENED_BY_A_FILING: Final = frozenset(
    {VisitKind.INPATIENT, VisitKind.OUTPATIENT, VisitKind.CHRONIC}
)
# Which of several filings counts: who lives there is paid as at home, the least for who just goes.
BEST_FIRST: Final = (
    *sorted(Filing.LONG_TERM_KINDS),
    Filing.Kind.REFERRAL,
    Filing.Kind.EMERGENCY,
    Filing.Kind.OTHER_TEMPORARY,
)


@dataclass(frozen=True)
class Standing:
    """What the place of insurance answers about one visit.

    filing: home, exempt, retired_settled, long_term, posted, referral, emergency, other_temporary or
    unfiled: the code by which the settlement reduces benefits. `row` and `exemption`: what it rests
    on. `may_settle_directly` asks for cover and for filing; an unfiled visit may not. `doubts` are
    sentences about what is only probable or unknown; `safe_act` says what is right in any case.
    """

    filing: str
    place: str
    benefit: Benefit
    may_settle_directly: bool
    sentence: str
    row: Filing | None = None
    exemption: Exemption | None = None
    doubts: tuple[str, ...] = field(default=())
    safe_act: str = ""


def standing(
    *,
    insured: Insured,
    destination: str,
    visit: str,
    on: date,
    is_emergency: bool = False,
    open_since: date | None = None,
    visit_key: str = "",
    book: RuleBook | None = None,
) -> Standing:
    """Where `insured` stands for a visit at `destination` (any region code) settled on `on`.

    visit: inpatient, outpatient, chronic or pharmacy. open_since: the day of admission. Who was
    admitted while a filing held settles by it after it has expired; a filing made after admission
    counts if it was made before 出院结算. visit_key: the visit, so that its own deemed filing is found.
    Two statements, two more where somebody has to be named to call. Raises NoPlace.
    """
    raise NotImplementedError
