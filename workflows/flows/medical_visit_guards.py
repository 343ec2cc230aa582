"""The guards of a visit (medical.md §5.2), and the times after which an answer counts as lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matters.catalogue.definition import Definition, Limit
from matters.medical.models import Visit, VisitKind
from matters.medical.visits import has_fees
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


def _visit(situation: Situation) -> Visit:
    return visit_of(situation.case)


def _may_be_charged(situation: Situation) -> bool:
    """A pharmacy charges at once; everybody else is admitted or 挂号 before."""
    at_once = situation.case.state == "registered"
    return not at_once or _visit(situation).kind == VisitKind.PHARMACY


def _goes_home(situation: Situation) -> bool:
    """In-patients are discharged before they settle, out-patients settle as they are."""
    return _visit(situation).is_stay == (situation.case.state == "discharged")


def _ready(situation: Situation) -> bool:
    return situation.case.state == "presettled" or _goes_home(situation)


def _no_third_party(situation: Situation) -> bool:
    visit = _visit(situation)
    return not (visit.is_accident and visit.is_third_party)


def _promised(situation: Situation) -> bool:
    visit = _visit(situation)
    return not visit.is_accident or (visit.is_third_party is not None and visit.is_promised)


no_fees_left = Guard(
    "no_fees_left", "还有未撤销的费用明细，请先撤销", lambda s: not has_fees(_visit(s).pk)
)
has_lines = Guard("has_lines", "还没有费用明细", lambda s: has_fees(_visit(s).pk))
is_stay = Guard("is_stay", "不是住院，不办理出院", lambda s: _visit(s).is_stay)
may_be_charged = Guard("may_be_charged", "请先办理入院或挂号，再上传费用", _may_be_charged)
is_ready = Guard("is_ready", "住院须先办理出院，再预结算", _ready)
no_third_party = Guard("no_third_party", THIRD_PARTY, _no_third_party)
promised = Guard("promised", NO_PROMISE, _promised)
still_shown = Guard(
    "still_shown", "预结算已失效，请重新预结算", lambda s: bool(_visit(s).presettled)
)
