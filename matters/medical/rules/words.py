"""Chinese words for what the rule files name by codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matters.rules import Pool

INSURED_TYPES = {"employee": "职工", "resident": "居民"}
LEVELS = {
    "tier_3": "三级",
    "tier_2": "二级",
    "tier_1": "一级",
    "community_2": "二级社区",
    "community": "一级社区/乡镇",
    "pharmacy": "药店",
}
VISITS = {
    "inpatient": "住院",
    "outpatient": "普通门诊",
    "chronic": "门诊慢特病",
    "pharmacy": "药店购药",
}
FILINGS = {
    "home": "本地就医",
    "exempt": "免备案",
    "retired_settled": "异地安置退休",
    "long_term": "异地长期居住",
    "posted": "常驻异地工作",
    "referral": "异地转诊",
    "emergency": "异地急诊抢救",
    "other_temporary": "其他临时外出",
    "unfiled": "未备案",
}
_PARTS = {
    "deductible": "起付标准",
    "deductible.floor": "起付标准的下限",
    "deductible.tcm": "中医医院起付标准",
    "ratio": "报销比例",
    "ratio.bonus": "报销比例加成",
    "ratio.ceiling": "报销比例上限",
    "cap": "年度最高支付限额",
}
_KEYS = {
    "inpatient.deductible.repeat": "一年内再次住院的起付标准",
    "inpatient.reduction": "到外地住院的待遇",
    "outpatient.reduction": "到外地看门诊的待遇",
    "chronic.reduction": "到外地看门诊慢特病的待遇",
    "settlement.order": "起付线与先行自付的先后顺序",
    "layers": "基本医保之上还有哪些基金支付",
    "fund.cap": "统筹基金年度最高支付限额",
    "large_claim.ratio": "大额医疗费用补助的比例",
    "large_claim.cap": "大额医疗费用补助的年度限额",
    "major_illness.deductible": "大病保险起付标准",
    "major_illness.ratio": "大病保险比例",
    "major_illness.cap": "大病保险年度限额",
    "top_up.ratio": "大病医疗互助的比例",
    "top_up.cap": "大病医疗互助的限额",
    "chronic.kind": "慢特病属于哪一类",
    "filing.long_term.lock_months": "长期备案多少个月内不能变更",
    "filing.temporary.validity_min": "临时外出备案的有效期",
    "manual.apply_deadline": "手工报销的申请期限",
    "manual.processing_max": "手工报销的办理期限",
    "clearing.month_declare_by": "月度申报截止日",
    "clearing.advance.size": "预付金额度",
    "clearing.advance.alert_yellow": "预付金黄色预警",
    "clearing.advance.alert_red": "预付金红色预警",
}


def name_of_key(key: str) -> str:
    """What a rule is called before people; the key itself where nobody named it."""
    visit, _, part = key.partition(".")
    if key in _KEYS:
        return _KEYS[key]
    if visit in VISITS and part in _PARTS:
        return VISITS[visit] + _PARTS[part]
    return key


def in_words(facts: Mapping[str, Any], pool: Pool | None) -> str:
    """“职工（在职）三级住院，异地转诊”: what a bill is, before people."""
    kind = str(facts.get("insured_type", ""))
    tokens = facts.get("person_class") or frozenset()
    classes = pool.classes.get(kind, {}) if pool else {}
    person = next((name for code, name in classes.items() if set(code.split("+")) == tokens), "")
    level = str(facts.get("level", ""))
    words = [
        INSURED_TYPES.get(kind, kind) + (f"（{person}）" if person else ""),
        (pool.levels.get(level) if pool else None) or LEVELS.get(level, level),
        VISITS.get(str(facts.get("visit", "")), ""),
        str(facts.get("disease") or ""),
        FILINGS.get(str(facts.get("filing", "")), ""),
    ]
    return "、".join(word for word in words if word)


def percent(share: object) -> str:
    """0.85 → 85%"""
    text = f"{share * 100:f}"  # type: ignore[operator]
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


NONE_WORDS = {
    "none": "没有",
    "unknown": "没有查到",
    "compound": "在上次基础上",
    "linear": "按首次的标准",
    "interface": "接口顺序",
    "zero": "从零",
    "large_claim": "大额医疗费用补助",
    "major_illness": "大病保险",
    "inpatient": "住院",
}
