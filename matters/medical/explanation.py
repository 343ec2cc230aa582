"""A sentence for each amount, in words that an old patient can follow; and the funds' lines."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from .breakdown import AMOUNTS, FundLine, Line
from .deductible import Deductible
from .reckoning import Sums
from .rules import RuleBook
from .rules.words import INSURED_TYPES, LEVELS, percent


def yuan(amount: Decimal) -> str:
    return f"{amount:,.2f} 元"


def explained(sums: Sums, book: RuleBook) -> tuple[Line, ...]:
    """One line per amount that is not nothing; total, fund, person and cash always."""
    return tuple(
        Line(name, AMOUNTS[name], amount, text) for name, amount, text in _lines(sums, book)
    )


def _lines(sums: Sums, book: RuleBook) -> Iterator[tuple[str, Decimal, str]]:
    bill, scope = sums.bill, sums.scope
    yield "medfee_sumamt", bill.medfee_sumamt, f"这次看病一共花了 {yuan(bill.medfee_sumamt)}。"
    if bill.fulamt_ownpay_amt:
        text = f"其中 {yuan(bill.fulamt_ownpay_amt)}是医保目录以外的药品和项目，全部自己出。"
        yield "fulamt_ownpay_amt", bill.fulamt_ownpay_amt, text
    if bill.overlmt_selfpay:
        text = f"有些项目超过医保规定的价格，超出的 {yuan(bill.overlmt_selfpay)}自己出。"
        yield "overlmt_selfpay", bill.overlmt_selfpay, text
    if scope.preself:
        yield "preselfpay_amt", scope.preself, _preself(sums)
    yield "inscp_scp_amt", scope.scope, f"剩下的 {yuan(scope.scope)}在医保报销范围以内。"
    if scope.dedc or sums.deductible.amount:
        yield "act_pay_dedc", scope.dedc, _dedc(sums, book)
    yield "hifp_pay", sums.hifp, _hifp(sums)
    if sums.above.hifob:
        yield "hifob_pay", sums.above.hifob, _hifob(sums)
    if sums.above.hifmi:
        yield "hifmi_pay", sums.above.hifmi, _hifmi(sums)
    yield (
        "fund_pay_sumamt",
        sums.fund,
        f"医保一共支付 {yuan(sums.fund)}。",
    )
    if bill.hosp_part_amt:
        yield "hosp_part_amt", bill.hosp_part_amt, f"医院承担 {yuan(bill.hosp_part_amt)}。"
    yield "psn_part_amt", sums.psn_part, f"您自己负担 {yuan(sums.psn_part)}。"
    if sums.acct:
        yield "acct_pay", sums.acct, f"从您的医保个人账户里支付 {yuan(sums.acct)}。"
    if sums.mulaid:
        text = f"从家人的医保个人账户里支付 {yuan(sums.mulaid)}（家庭共济）。"
        yield "acct_mulaid_pay", sums.mulaid, text
    yield "psn_cash_pay", sums.cash, f"您还要付 {yuan(sums.cash)}。"


def _preself(sums: Sums) -> str:
    off = sums.scope.off_top
    rest = sums.scope.preself - off
    words = []
    if rest:
        words.append(f"乙类药品和一些检查、材料要先自己出一部分，共 {yuan(rest)}")
    if off:
        words.append(f"在外地就医，范围内的费用要先自己出一部分，共 {yuan(off)}")
    return "；".join(words) + "。"


def _dedc(sums: Sums, book: RuleBook) -> str:
    found, bill = sums.deductible, sums.bill
    pool = book.pools.get(bill.pool)
    level = (pool.levels.get(found.level) if pool else "") or LEVELS.get(found.level, found.level)
    words = [f"起付线（{level}）{yuan(found.standard)}"]
    if bill.is_tcm and found.level != bill.level:
        words[0] += "，中医医院按低一档"
    if found.stepped != found.standard:
        words.append(f"今年第 {bill.admission_no} 次住院，降为 {yuan(found.stepped)}")
    if found.amount != found.stepped:
        words.append(f"在外地就医，按 {yuan(found.amount)}")
    words += _already(found)
    return "，".join(words) + f"。起付线以内的 {yuan(sums.scope.dedc)}由您先出。"


def _already(found: Deductible) -> list[str]:
    if not found.borne:
        return []
    when = "今年" if found.per == "year" else "这次住院跨年，年前"
    return [f"{when}已经出过 {yuan(min(found.borne, found.amount))}"]


def _hifp(sums: Sums) -> str:
    ratio, base = sums.ratio, sums.scope.base
    kind = INSURED_TYPES.get(sums.bill.insured_type, "") + "医保"
    if ratio.only is not None:
        text = f"起付线以上的 {yuan(base)}，{kind}报销 {percent(ratio.only)}{_made(sums)}"
    else:
        parts = "、".join(
            f"{name} {yuan(amt)}报 {percent(share)}" for name, amt, share in ratio.parts
        )
        text = f"起付线以上的 {yuan(base)}，{kind}分段报销：{parts}"
    if sums.hifp < sums.entitled:
        return (
            f"{text}，应报 {yuan(sums.entitled)}；一年最多报 {yuan(sums.cap or Decimal(0))}，"
            f"今年还剩 {yuan(sums.cap_left or Decimal(0))}，所以报 {yuan(sums.hifp)}。"
        )
    return f"{text}，即 {yuan(sums.hifp)}。"


def _made(sums: Sums) -> str:
    """“（80%，加 5 个百分点，减 10 个百分点）”, where there is anything to say."""
    ratio = sums.ratio
    if ratio.home is None or not (ratio.bonus or ratio.points):
        return ""
    words = [f"本来 {percent(ratio.home)}"]
    if ratio.bonus:
        words.append(f"加 {_points(ratio.bonus)}")
    if ratio.points:
        words.append(f"在外地就医减 {_points(ratio.points)}")
    return f"（{'，'.join(words)}）"


def _points(share: Decimal) -> str:
    return percent(share).removesuffix("%") + " 个百分点"


def _hifob(sums: Sums) -> str:
    words = []
    if sums.above.large:
        words.append(
            f"超过统筹基金限额的 {yuan(sums.above.over)}，由大额医疗费用补助支付 {yuan(sums.above.large)}"
        )
    if sums.above.top_up:
        words.append(f"您参加的大病医疗互助支付 {yuan(sums.above.top_up)}")
    return "；".join(words) + "。"


def _hifmi(sums: Sums) -> str:
    total = sums.year.scope_selfpay + sums.above.selfpay
    return (
        f"今年在报销范围内由您负担的累计 {yuan(total)}，超过大病保险起付线 "
        f"{yuan(sums.above.threshold or Decimal(0))}，大病保险这次再报 {yuan(sums.above.hifmi)}。"
    )


def fund_lines(sums: Sums) -> tuple[FundLine, ...]:
    """setldetail: one line per fund that pays, and the basic fund's always."""
    beyond, scope = sums.above, sums.scope.scope
    lines = [FundLine("hifp_pay", sums.hifp, scope, sums.cap_left, _hifp(sums))]
    if beyond.hifob:
        left = beyond.large_left if beyond.large else beyond.top_up_left
        lines.append(
            FundLine("hifob_pay", beyond.hifob, beyond.over or beyond.selfpay, left, _hifob(sums))
        )
    if beyond.hifmi:
        lines.append(
            FundLine("hifmi_pay", beyond.hifmi, beyond.selfpay, beyond.hifmi_left, _hifmi(sums))
        )
    return tuple(lines)
