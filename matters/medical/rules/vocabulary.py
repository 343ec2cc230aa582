"""Chinese words that people write, read into the codes that rules know."""

from __future__ import annotations

import re

from matters.medical.bill import BillRefused
from matters.rules import Pool

from .words import FILINGS, INSURED_TYPES, LEVELS, VISITS

_TYPES = {
    "职工": "employee", "城镇职工": "employee", "职工医保": "employee",
    "居民": "resident", "城乡居民": "resident", "居民医保": "resident",
}  # fmt: skip
_LEVELS = {
    "三级": "tier_3", "三甲": "tier_3", "三乙": "tier_3", "三级甲等": "tier_3", "三级乙等": "tier_3",
    "二级": "tier_2", "二甲": "tier_2", "二乙": "tier_2", "二级甲等": "tier_2", "二级乙等": "tier_2",
    "一级": "tier_1", "二级社区": "community_2", "一级社区": "community", "社区": "community",
    "乡镇": "community", "社区卫生服务中心": "community", "乡镇卫生院": "community",
    "一级社区/乡镇": "community", "社区/乡镇": "community", "药店": "pharmacy", "定点药店": "pharmacy",
}  # fmt: skip
_VISITS = {
    "住院": "inpatient", "门诊": "outpatient", "普通门诊": "outpatient", "门诊统筹": "outpatient",
    "门诊慢特病": "chronic", "慢特病": "chronic", "特病": "chronic", "门特": "chronic",
    "门诊特殊疾病": "chronic", "药店": "pharmacy", "药店购药": "pharmacy", "购药": "pharmacy",
}  # fmt: skip
_FILINGS = {name: code for code, name in FILINGS.items()} | {
    "本地": "home", "市内": "home", "参保地": "home",
    "异地安置退休人员": "retired_settled", "安置退休": "retired_settled",
    "长期居住": "long_term", "异地长期居住人员": "long_term", "常驻异地工作人员": "posted",
    "转诊": "referral", "异地转诊人员": "referral", "转诊备案": "referral",
    "急诊": "emergency", "急诊抢救": "emergency", "异地急诊": "emergency",
    "临时外出": "other_temporary", "其他临时外出就医": "other_temporary", "未转诊": "other_temporary",
    "没有备案": "unfiled",
}  # fmt: skip
_FILLING = re.compile(r"[\s，,、（）()]|人员|参保|人|居民|职工|(?<!未)成年")


def code_of_type(word: str) -> str:
    return _one(word, INSURED_TYPES, _TYPES, "insured_type")


def code_of_visit(word: str) -> str:
    return _one(word, VISITS, _VISITS, "visit")


def code_of_filing(word: str) -> str:
    return _one(word, FILINGS, _FILINGS, "filing")


def code_of_level(word: str, pool: Pool) -> tuple[str, bool]:
    """(code, whether it says TCM): “三级中医” is (tier_3, True). A pool's own levels go first."""
    own = {name: code for code, name in pool.levels.items()}
    if word in own or word in pool.levels:
        return own.get(word, word), False
    plain = re.sub(r"中医(医院|院)?|医院|[（(].*[）)]|定点|机构", "", word).strip()
    if plain not in LEVELS and plain not in _LEVELS:
        said = set(re.findall(r"[一二三]级", plain))
        plain = said.pop() if len(said) == 1 and "社区" not in plain else plain
    return _one(plain, LEVELS, _LEVELS, "hospital_level"), "中医" in word


def code_of_class(word: str, kind: str, pool: Pool) -> str:
    """A class of the pool by code or name. Whoever names none has the only one that there is.

    What no class of the pool is stays as it is written: the settlement refuses it with the list.
    """
    classes = pool.classes.get(kind, {})
    if word.strip() in classes:
        return word.strip()
    plain = _plain(word)
    if not plain and len(classes) == 1:
        return next(iter(classes))
    for code, name in classes.items():
        # “未成年一档” and “一档（未成年）” are the same words.
        if plain and sorted(plain) == sorted(_plain(name)):
            return code
    begun = [code for code, name in classes.items() if plain and _plain(name).startswith(plain)]
    return begun[0] if len(begun) == 1 else word.strip()


def _plain(word: str) -> str:
    return _FILLING.sub("", word)


def _one(word: str, codes: dict[str, str], words: dict[str, str], field: str) -> str:
    found = word if word in codes else words.get(word, "")
    if not found:
        known = "、".join(f"{name}（{code}）" for code, name in codes.items())
        raise BillRefused(field, f"{field} 写的是“{word}”，应为 {known} 之一。")
    return found
