"""Bills as other systems and people write them: JSON in, in codes or Chinese words; JSON out.

One entry's mistake is that entry's answer, in a sentence; the others are settled all the same.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from matters.rules import RuleMissing

from .bill import ZERO, Bill, BillRefused, Item, YearToDate
from .breakdown import Breakdown, doubt_json
from .rules import RuleBook, RuleFileWrong
from .rules.vocabulary import (
    code_of_class,
    code_of_filing,
    code_of_level,
    code_of_type,
    code_of_visit,
)
from .settlement import settle
from .supplement import supplement

FIELDS = {
    "id": "原样带回的编号（可不填）",
    "region": "参保地统筹区：名称或代码，如 重庆、510100",
    "insured_type": "employee 职工 | resident 居民",
    "person_class": "该统筹区规则文件里的人员类别：代码或名称，如 active、退休、一档；可带年龄“退休，72岁”",
    "age": "周岁（按年龄加成的地方需要）",
    "hospital_level": "tier_3 三级 | tier_2 二级 | tier_1 一级 | community_2 二级社区 | "
    "community 一级社区、乡镇 | pharmacy 药店；“三级中医”即中医医院",
    "is_tcm": "是否中医医院：true | false",
    "visit": "inpatient 住院 | outpatient 普通门诊 | chronic 门诊慢特病 | pharmacy 药店购药",
    "on": "出院日（住院）或就诊日，2025-03-01；按这一天的规则算",
    "admission_no": "今年第几次住院；不填为 ytd 的 admissions 加 1",
    "filing": "home 本地就医 | exempt 免备案 | retired_settled 异地安置退休 | long_term 异地长期居住 | "
    "posted 常驻异地工作 | referral 异地转诊 | emergency 异地急诊抢救 | other_temporary 其他临时外出 | "
    "unfiled 未备案；没有给出 treated_at 时可不填，即本地就医",
    "treated_at": "就医地区划代码（可不填；不填时，本地就医算在参保地，其余算在外地）",
    "items": '逐项费用：[{"name", "class": "甲|乙|丙", "amount", "over_limit", "preself_ratio"}…]；'
    "乙类须给 preself_ratio",
    "medfee_sumamt": "医疗费总额（元）；与 items 二选一，都给时须一致",
    "fulamt_ownpay_amt": "全自费，默认 0",
    "overlmt_selfpay": "超限价，默认 0",
    "preselfpay_amt": "先行自付，默认 0",
    "hosp_part_amt": "医院负担，默认 0",
    "disease": "门诊慢特病的病种或类别",
    "account_balance": "个人账户余额，默认 0",
    "family_balance": "家庭共济账户余额，默认 0",
    "stay_dedc": "同一次跨年住院年前已付的起付线（可不填）",
    "plans": '另行参加的保险，如 ["互助"]、["惠蓉保2022"]；补充保险在基本医保之后另算',
    "claims": '补充保险另要的金额，如 {"特药费用": "5980"}',
    "ytd": "今年以来的累计：admissions、act_pay_dedc、outpatient_dedc、chronic_dedc、inscp_scp_amt、"
    "hifp_pay、over_cap、outpatient_hifp_pay、hifob_pay、hifmi_pay、scope_selfpay；不填为 0",
}
TOP_UP = "互助"
ITEM_FIELDS = {"name", "class", "amount", "over_limit", "preself_ratio"}
SUMS = ("medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt")
SAFE_ACT = "请向参保地医保经办机构核实（电话 12393）。到外地就医请先办备案；出院结算以前补办的，照样可以直接结算。"
_AGE = re.compile(r"(\d{1,3})\s*周?岁")


def answers(entries: list[Any], *, book: RuleBook) -> Iterator[dict[str, Any]]:
    """One answer per entry, in their order: the breakdown, or why there is none."""
    for index, entry in enumerate(entries):
        given = {"index": index}
        if isinstance(entry, dict) and "id" in entry:
            given["id"] = entry["id"]
        yield given | answer(entry, book=book)


def answer(entry: Any, *, book: RuleBook) -> dict[str, Any]:
    """`{"ok": true, …amounts}`, `{"ok": false, "refused": {code, text}}` or `{"ok": false, "missing": […]}`."""
    try:
        if not isinstance(entry, dict):
            raise BillRefused("entry", "每一项应为一个 JSON 对象。")
        return {"ok": True} | _settled(entry, book)
    except BillRefused as refused:
        return {"ok": False, "refused": {"code": refused.code, "text": refused.sentence}}
    except RuleFileWrong as wrong:
        return {"ok": False, "refused": {"code": "rules", "text": str(wrong)}}
    except RuleMissing as missing:
        return {
            "ok": False,
            "missing": [
                {"key": each.key, "pool": each.pool, "on": each.on, "text": each.sentence}
                for each in missing.missing
            ],
            "doubts": [doubt_json(each) for each in missing.doubts],
            "safe_act": SAFE_ACT,
        }


def _settled(entry: dict[str, Any], book: RuleBook) -> dict[str, Any]:
    bill, year = bill_of(entry, book), _year(entry.get("ytd"))
    if "admission_no" not in entry and bill.visit == "inpatient":
        bill = replace(bill, admission_no=year.admissions + 1)
    made = settle(bill, year, book=book)
    plans = [plan for plan in bill.plans if plan != TOP_UP]
    if entry.get("claims") and not plans:
        raise BillRefused("claims", "给出了 claims，却没有在 plans 里写明是哪种补充保险。")
    told = made.as_json()
    told["supplements"] = [_plan(plan, bill, made, entry, book) for plan in plans]
    return told | ({"safe_act": SAFE_ACT} if made.doubts else {})


def _plan(
    plan: str, bill: Bill, made: Breakdown, entry: Mapping[str, Any], book: RuleBook
) -> dict[str, Any]:
    claims = entry.get("claims") or {}
    if not isinstance(claims, dict):
        raise BillRefused("claims", "claims 应为金额名称与金额的对应。")
    told = {str(name): _amount(claims, name) for name in claims}
    found = supplement(plan, told | made.amounts, pool=bill.pool, on=bill.on, book=book)
    return found.as_json()


def bill_of(entry: Mapping[str, Any], book: RuleBook) -> Bill:
    """The bill that an entry describes. Raises BillRefused, in a Chinese sentence."""
    strange = sorted(str(name) for name in entry if name not in FIELDS)
    if strange:
        raise BillRefused("field", f"不认识的字段：{'、'.join(strange)}。")
    pool = _pool(entry, book)
    kind = code_of_type(_text(entry, "insured_type"))
    level, is_tcm = code_of_level(_text(entry, "hospital_level"), book.pools[pool])
    words, age = _age(entry)
    bill = Bill(
        pool=pool, insured_type=kind, level=level, age=age,
        person_class=code_of_class(words, kind, book.pools[pool]),
        is_tcm=is_tcm or _yes(entry, "is_tcm"),
        visit=code_of_visit(_text(entry, "visit")), on=_day(entry), filing=_filing(entry, pool),
        admission_no=_whole(entry, "admission_no", 1), treated_at=_code(entry, "treated_at"),
        medfee_sumamt=_amount(entry, "medfee_sumamt") if "medfee_sumamt" in entry else ZERO,
        fulamt_ownpay_amt=_amount(entry, "fulamt_ownpay_amt"),
        overlmt_selfpay=_amount(entry, "overlmt_selfpay"),
        preselfpay_amt=_amount(entry, "preselfpay_amt"),
        hosp_part_amt=_amount(entry, "hosp_part_amt"), disease=_text(entry, "disease", ""),
        account_balance=_amount(entry, "account_balance"),
        family_balance=_amount(entry, "family_balance"), plans=_plans(entry),
        stay_dedc=_amount(entry, "stay_dedc") if entry.get("stay_dedc") is not None else None,
    )  # fmt: skip
    if "items" in entry:
        return _with_items(bill, entry)
    if "medfee_sumamt" not in entry:
        raise BillRefused("fees", "要给出逐项费用 items，或医疗费总额 medfee_sumamt。")
    return bill


def _with_items(bill: Bill, entry: Mapping[str, Any]) -> Bill:
    lines = entry["items"]
    if not isinstance(lines, list) or not lines:
        raise BillRefused("items", "items 应为费用明细的列表，至少一项。")
    items = tuple(_item(line, nth) for nth, line in enumerate(lines, start=1))
    made = bill.with_items(items)
    if "medfee_sumamt" not in entry:
        made = replace(made, medfee_sumamt=sum((item.amount for item in items), ZERO))
    for name in SUMS[1:]:
        if name in entry and getattr(bill, name) != getattr(made, name):
            said, sum_ = getattr(bill, name), getattr(made, name)
            raise BillRefused("items", f"{name} 写的是 {said:.2f} 元，明细合计是 {sum_:.2f} 元。")
    return made


def _item(line: Any, nth: int) -> Item:
    place = f"第 {nth} 项费用"
    if not isinstance(line, dict) or set(line) - ITEM_FIELDS:
        raise BillRefused("items", f"{place}只能有 {'、'.join(sorted(ITEM_FIELDS))}。")
    fee_class = str(line.get("class") or "").removesuffix("类")
    if not fee_class:
        raise BillRefused("items", f"{place}没有写类别 class（甲、乙、丙）。")
    if fee_class == "乙" and line.get("preself_ratio") is None:
        raise BillRefused("items", f"{place}是乙类，要写先行自付比例 preself_ratio。")
    amount, over = _amount(line, "amount", place), _amount(line, "over_limit", place)
    ratio = _number(line.get("preself_ratio", 0), f"{place}的 preself_ratio")
    if "amount" not in line or over > amount or not 0 <= ratio <= 1:
        raise BillRefused("items", f"{place}的金额、超限价或先行自付比例不对。")
    return Item(str(line.get("name", "")), fee_class, amount, over, ratio)


def _pool(entry: Mapping[str, Any], book: RuleBook) -> str:
    name = _text(entry, "region")
    found = book.code_of(name) or book.code_of(name.removesuffix("市"))
    if not found or book.is_parent(found):
        known = "、".join(
            pool.names[0] for code, pool in book.pools.items() if not book.is_parent(code)
        )
        raise BillRefused("region", f"没有“{name}”的规则文件。现有：{known}。")
    return found


def _filing(entry: Mapping[str, Any], pool: str) -> str:
    if entry.get("filing"):
        return code_of_filing(_text(entry, "filing"))
    treated = _code(entry, "treated_at")
    if treated and treated[:2] != pool[:2]:
        raise BillRefused("filing", "在外地就医，要写明备案情况 filing。")
    return "home"


def _age(entry: Mapping[str, Any]) -> tuple[str, int | None]:
    """The class in words, and the age that stands in it or beside it."""
    words = _text(entry, "person_class", "")
    told = _AGE.search(words)
    if entry.get("age") is not None:
        return _AGE.sub("", words), _whole(entry, "age", 0)
    return _AGE.sub("", words), int(told[1]) if told else None


def _year(read: Any) -> YearToDate:
    if read is None:
        return YearToDate()
    if not isinstance(read, dict):
        raise BillRefused("ytd", "ytd 应为今年以来各项累计的对应。")
    told = {
        name: _whole(read, name, 0) if name == "admissions" else _amount(read, name, "ytd ")
        for name in read
    }
    try:
        return YearToDate.from_json(told)
    except KeyError as error:
        raise BillRefused(
            "ytd", f"ytd 里不认识的累计：{error.args[0]}。应为：{FIELDS['ytd']}。"
        ) from None


def _plans(entry: Mapping[str, Any]) -> tuple[str, ...]:
    given = entry.get("plans") or []
    names = given if isinstance(given, list) else [None]
    if len(names) > 10 or not all(isinstance(each, str) and len(each) <= 60 for each in names):
        raise BillRefused("plans", "plans 应为保险名称的列表，至多 10 个。")
    return tuple(given)


def _text(entry: Mapping[str, Any], name: str, default: str | None = None) -> str:
    given = entry.get(name)
    if given is None or given == "":
        if default is None:
            raise BillRefused(name, f"缺少 {name}：{FIELDS[name]}。")
        return default
    if not isinstance(given, str | int) or isinstance(given, bool) or len(str(given)) > 60:
        raise BillRefused(name, f"{name} 应为文字：{FIELDS[name]}。")
    return str(given).strip()


def _code(entry: Mapping[str, Any], name: str) -> str:
    code = _text(entry, name, "")
    if code and not re.fullmatch(r"\d{6,12}", code):
        raise BillRefused(name, f"{name} 应为区划代码。")
    return code


def _yes(entry: Mapping[str, Any], name: str) -> bool:
    given = entry.get(name, False)
    if not isinstance(given, bool):
        raise BillRefused(name, f"{name} 应为 true 或 false。")
    return given


def _day(entry: Mapping[str, Any]) -> dt.date:
    try:
        return dt.date.fromisoformat(_text(entry, "on"))
    except ValueError:
        raise BillRefused("on", f"on 应为日期，如 2025-03-01，写的是“{entry['on']}”。") from None


def _whole(entry: Mapping[str, Any], name: str, default: int) -> int:
    given = entry.get(name, default)
    number = _number(default if given is None else given, name)
    if number != number.to_integral_value() or not 0 <= number <= 200:
        raise BillRefused(name, f"{name} 应为 0 到 200 的整数。")
    return int(number)


def _amount(entry: Mapping[str, Any], name: str, place: str = "") -> Decimal:
    label = f"{place}的 {name}" if place else name
    amount = _number(entry.get(name, 0), label)
    if not 0 <= amount < Decimal(10) ** 12:
        raise BillRefused("amount", f"{label} 应为不小于零的金额。")
    if amount != amount.quantize(Decimal("0.01")):
        raise BillRefused("fen", f"{label} 应精确到分。")
    return amount.quantize(Decimal("0.01"))


def _number(given: Any, name: str) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, str | int | Decimal):
        raise BillRefused("amount", f"{name} 应为数字。")
    try:
        number = Decimal(str(given).strip())
    except InvalidOperation:
        raise BillRefused("amount", f"{name} 应为数字，写的是“{str(given)[:20]}”。") from None
    if not number.is_finite():
        raise BillRefused("amount", f"{name} 应为数字。")
    return number
