"""How much somebody may borrow: the lowest of formula, highest amount, price and what can be repaid.

Loan city's rules, deposit city's data, and the city whose highest amount holds: three inputs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from matters.rules import Row, RuleBook, RuleMissing

from .formulas import by_formula
from .household import ZERO, Depositor, LoanRequest
from .quote import Doubt, Limit, Quote, Refused, yuan
from .reader import Reader

MORE, OTHER = "more", "other"


def quote_loan(request: LoanRequest, *, book: RuleBook) -> Quote:
    """Raises Refused (credit, months, down payment), RuleMissing. Pure."""
    children, unsure = _children(request, book)
    quote = _quoted(request, children, Reader(book, request.on))
    doubts = [*quote.doubts, *_if_otherwise(request, children, quote, book)]
    if unsure:
        doubts.append(_if_not_many(request, book, unsure))
    return replace(quote, doubts=tuple(doubts))


def _children(request: LoanRequest, book: RuleBook) -> tuple[str, Row | None]:
    """Whether it is a family with more children; the row, where only memory says so."""
    row = book.row_at("many_children.from", request.city, request.on, {})
    if row is None or request.children < row.value:
        return OTHER, None
    is_sure = row.is_sure_enough or request.children > row.value
    return MORE, None if is_sure else row


def _quoted(request: LoanRequest, children: str, reader: Reader) -> Quote:
    _check_credit(request, reader)
    _check_months(request, reader)
    persons, lines = _persons(request, children, reader)
    limits = [Limit("formula", "按缴存计算的额度", sum(persons, ZERO), "；".join(lines))]
    limits += _caps(request, children, reader)
    limits += _of_the_house(request, children, reader)
    limits += _of_repayment(request, reader)
    # Of two equally low the highest amount is what people know as the reason.
    lowest = min(limits, key=lambda limit: (limit.amount, limit.name != "cap"))
    amount = max(lowest.amount, ZERO)
    return Quote(
        kind="loan",
        amount=amount,
        binding=lowest.name,
        limits=tuple(limits),
        explanation=_explained(limits, lowest, amount, reader),
        rules=tuple(reader.used.values()),
        persons=tuple(persons),
        missing=tuple(reader.missing),
    )


def _check_credit(request: LoanRequest, reader: Reader) -> None:
    if request.credit is None:
        return
    rule = reader.value_if_any("loan.credit_refuse", request.city)
    if rule is None:
        reader.named_if_missing("loan.credit_refuse", request.city)
        return
    credit, years = request.credit, rule["years"]
    found = [
        (
            credit.consecutive >= rule["consecutive"],
            f"{years}年内连续逾期{rule['consecutive']}期及以上",
        ),
        (credit.total >= rule["total"], f"{years}年内累计逾期{rule['total']}期及以上"),
        (rule["overdue_now"] and credit.overdue_now, "当前有逾期"),
        (rule["dishonest"] and credit.dishonest, "被列为失信被执行人"),
    ]
    reasons = [text for is_so, text in found if is_so]
    if reasons:
        raise Refused("credit", f"征信不符合贷款条件：{'、'.join(reasons)}。")


def _check_months(request: LoanRequest, reader: Reader) -> None:
    for depositor in request.household:
        least = reader.value("loan.min_months", request.city, product=depositor.product)
        if depositor.count < least:
            sentence = (
                f"{_whose(depositor, request)}连续缴存 {depositor.count} 个月，"
                f"满 {int(least)} 个月才能申请；在其他城市缴存的月数可凭证明合并计算。"
            )
            raise Refused("months_too_few", sentence, ("缴满后再申请", "合并其他城市的缴存月数"))


def _persons(
    request: LoanRequest, children: str, reader: Reader
) -> tuple[list[Decimal], list[str]]:
    """Each one's own amount, not above a single person's highest."""
    amounts, lines = [], []
    for depositor in request.household:
        amount, text = by_formula(depositor, request, reader)
        cap, risen = _cap("single", depositor, request, children, reader)
        if amount > cap:
            text += f"，超过单人最高额度{yuan(cap)}{risen}，按{yuan(cap)}"
        amounts.append(min(amount, cap))
        lines.append(f"{_whose(depositor, request)}：{text}")
    return amounts, lines


def _caps(request: LoanRequest, children: str, reader: Reader) -> Iterator[Limit]:
    """Of one person it is in the formula's line already; named besides, because it may be what binds."""
    found = [
        _cap(request.family, depositor, request, children, reader)
        for depositor in request.household
    ]
    # The most somebody of the household may have together: products of different kinds differ.
    cap, risen = max(found)
    label = "家庭最高额度" if request.family == "family" else "单人最高额度"
    yield Limit(
        "cap", label, cap, f"{reader.book.name_of(request.cap_of)}{label}{yuan(cap)}{risen}"
    )


def _cap(
    family: str, depositor: Depositor, request: LoanRequest, children: str, reader: Reader
) -> tuple[Decimal, str]:
    cap: Decimal = reader.value(
        "loan.cap",
        request.cap_of,
        product=depositor.product,
        family=family,
        children=children,
        home=request.home,
        months=depositor.count,
    )
    if request.housing == "affordable":
        more = reader.value_if_any("loan.cap.affordable", request.cap_of)
        if more is not None:
            return cap * more, f"（保障性住房为{yuan(cap)}的{more}倍）"
    return cap, ""


def _of_the_house(request: LoanRequest, children: str, reader: Reader) -> Iterator[Limit]:
    """Price less down payment; a down payment below the least share is refused with what is needed."""
    if request.price is None:
        return
    facts = {"home": request.home, "children": children, "housing": request.housing}
    share = reader.named_if_missing("loan.down_payment", request.city, **facts)
    paid = request.down_payment
    if share is not None:
        least = request.price * share
        paid = least if paid is None else paid
        _check_down_payment(paid, least, share, request.price)
    if paid is not None:
        left = max(request.price - paid, ZERO)
        text = f"房价{yuan(request.price)}－首付{yuan(paid)}={yuan(left)}"
        yield Limit("price", "房价减首付", left, text)


def _check_down_payment(paid: Decimal, least: Decimal, share: Decimal, price: Decimal) -> None:
    if paid < least:
        sentence = f"首付{yuan(paid)}不够：房价{yuan(price)}，最低首付比例{share:.0%}，至少要{yuan(least)}。"
        raise Refused("down_payment", sentence, (f"首付增加到{yuan(least)}",))


def _of_repayment(request: LoanRequest, reader: Reader) -> Iterator[Limit]:
    if request.repayment_limit is not None:
        text = f"贷款中心核定的还款能力对应{yuan(request.repayment_limit)}"
        yield Limit("repayment", "还款能力", request.repayment_limit, text)
    elif request.income is not None:
        # Which share of an income counts nobody has published: named, never assumed.
        reader.named_if_missing("loan.income_share", request.city)


def _explained(
    limits: list[Limit], lowest: Limit, amount: Decimal, reader: Reader
) -> tuple[str, ...]:
    lines = [f"{limit.label}：{limit.text}" for limit in limits]
    lines.append(f"取最低的一项（{lowest.label}）：可贷{yuan(amount)}。")
    lines += [f"{missing.sentence}，没有计入，以贷款中心审核为准。" for missing in reader.missing]
    lines += [
        f"“{reader.book.words.name_of(row.key)}”的依据是很可能而非确定（{row.note or row.span}）。"
        for row in reader.used.values()
        if row.certainty == "probable"
    ]
    return tuple(lines)


def _if_otherwise(
    request: LoanRequest, children: str, quote: Quote, book: RuleBook
) -> Iterator[Doubt]:
    """What each rule would give if it were as somebody else claims; only where it makes a difference."""
    reader = Reader(book, request.on)
    _quoted(request, children, reader)
    for row, other, why in reader.rivals():
        name = book.words.name_of(row.key)
        again = Reader(book, request.on, instead={row.id: other})
        try:
            amount: Decimal | None = _quoted(request, children, again).amount
        except (Refused, RuleMissing):
            amount = None
        if amount != quote.amount:
            would = f"则为{yuan(amount)}" if amount is not None else "则不能这样计算"
            yield Doubt(row.key, f"“{name}”{why}：若为{_told(other)}，{would}。", amount)


def _if_not_many(request: LoanRequest, book: RuleBook, row: Row) -> Doubt:
    amount = _quoted(request, OTHER, Reader(book, request.on)).amount
    text = (
        f"按{request.children}个子女算多子女家庭是凭记忆的认定（{row.note}）；"
        f"若不算，则为{yuan(amount)}。"
    )
    return Doubt(row.key, text, amount)


def _told(value: object) -> str:
    if isinstance(value, dict):
        multiple = value.get("multiple")
        return f"余额的{multiple}倍" if multiple is not None else str(value.get("shape"))
    return f"{value}"


def _whose(depositor: Depositor, request: LoanRequest) -> str:
    if depositor.name:
        return depositor.name
    place = request.household.index(depositor)
    return "本人" if place == 0 else "配偶"
