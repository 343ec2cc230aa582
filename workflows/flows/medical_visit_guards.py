"""The guards of a visit (medical.md §5.2), and the times after which an answer counts as lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from matters.catalogue.definition import Definition, Limit
from matters.medical.models import Visit, VisitKind
from workflows.cases.declarations import Guard

if TYPE_CHECKING:
    from workflows.cases.act import Situation
    from workflows.cases.flow import Flow

THIRD_PARTY: Final = "涉及第三方责任的外伤不能直接结算：请转自费，由参保地受理先行支付或手工报销"
NO_PROMISE: Final = "外伤须上传涉及第三方标志，并由患者签无第三方责任承诺书，才能直接结算"
# House rules: how long an answer may take before it counts as lost, and when it is first looked for.
ANSWER_WITHIN = Limit.parse("5M")
LOOK_AFTER = Limit.parse("1M")


def answer_within(_definition: Definition) -> Limit:
    return ANSWER_WITHIN


def look_after(_definition: Definition) -> Limit:
    return LOOK_AFTER


def visit_of(case: Flow) -> Visit:
    """One statement."""
    return Visit.objects.select_related("insured", "institution").get(mdtrt_id=case.number)


def remember(case: Flow, **known: Any) -> None:
    """What guards ask of a visit, kept with the case: they look at nothing else. No SQL.

    kind, lines (live fee lines), accident, third_party, promised, shown (a presettlement holds).
    """
    case.facts = {**case.facts, "visit": {**case.facts.get("visit", {}), **known}}


def _known(situation: Situation, name: str) -> Any:
    return situation.case.facts.get("visit", {}).get(name)


def _is_stay(situation: Situation) -> bool:
    return bool(_known(situation, "kind") == VisitKind.INPATIENT)


def _may_be_charged(situation: Situation) -> bool:
    """A pharmacy charges at once; everybody else is admitted or 挂号 before."""
    is_pharmacy = bool(_known(situation, "kind") == VisitKind.PHARMACY)
    return is_pharmacy or situation.case.state != "registered"


def _ready(situation: Situation) -> bool:
    """In-patients are discharged before they settle, out-patients settle as they are."""
    state = situation.case.state
    return bool(state == "presettled" or _is_stay(situation) == (state == "discharged"))


def _no_third_party(situation: Situation) -> bool:
    return not (_known(situation, "accident") and _known(situation, "third_party"))


def _promised(situation: Situation) -> bool:
    if not _known(situation, "accident"):
        return True
    return _known(situation, "third_party") is not None and bool(_known(situation, "promised"))


no_fees_left = Guard(
    "no_fees_left", "还有未撤销的费用明细，请先撤销", lambda s: not _known(s, "lines")
)
has_lines = Guard("has_lines", "还没有费用明细", lambda s: bool(_known(s, "lines")))
is_stay = Guard("is_stay", "不是住院，不办理出院", _is_stay)
may_be_charged = Guard("may_be_charged", "请先办理入院或挂号，再上传费用", _may_be_charged)
is_ready = Guard("is_ready", "住院须先办理出院，再预结算", _ready)
no_third_party = Guard("no_third_party", THIRD_PARTY, _no_third_party)
promised = Guard("promised", NO_PROMISE, _promised)
still_shown = Guard("still_shown", "预结算已失效，请重新预结算", lambda s: bool(_known(s, "shown")))
