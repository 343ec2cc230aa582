"""What somebody asks, as JSON, read into requests: each mistake is a Chinese sentence with its place."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from matters.rules import RuleBook

from .household import Credit, Depositor, LoanRequest, Month
from .rent import RentRequest
from .words import AREAS, HOMES, PRODUCTS

SCHEMA = """
一个请求对象，或由它们组成的列表。金额单位为元，可写数字或文字（"12345.67"）；日期写 2025-06-08。

  kind            loan 贷款额度 | rent 租房提取 | repayment 月供
  city            按哪座城市的规则（重庆、成都、四川省级，或区划代码）
  on              日期

kind=loan：
  product         employee 单位职工（默认）| flex_monthly | flex_lump | flex_free 灵活就业按月、一次性、自由缴存
  household       一到两位缴存人的列表，每位：
    months          逐月缴存，先后为序，末位是最近入账的月份：数字，或
                    {"month": "2025-01", "deposit": 2000, "withdrawn": 0, "for_rent": 0}
    balance         现在的账户余额（不写则为各月净额之和）
    in_a_row        连续缴存月数（不写则数有缴存的月份）
    product         本人的缴存方式（不写则同上面的 product）
    deposited_at    缴存城市（不写则同 city）
    name            称呼
  price           房价（不写则不比较）
  down_payment    首付（不写则按最低首付）
  children        子女数（默认 0）
  home            first 首套（默认）| second 二套
  housing         ordinary（默认）| affordable 保障性住房
  cap_of          按哪座城市的最高额度（不写则同 city）
  credit          {"consecutive": 0, "total": 0, "overdue_now": false, "dishonest": false}：两年内逾期期数
  repayment_limit 贷款中心核定的还款能力（元）
  income          家庭月收入（元）

kind=rent：
  area            central 中心城区 | district 其他区县（重庆）| suburb 郊区新城 | unregistered 未备案（成都）
  people          缴存人数（默认 1）
  children        子女数
  rent            每月实际租金
  balance         账户余额

kind=repayment：
  principal       贷款本金
  months          期数（月）
  rate            年利率，百分数（3.25）；不写则按规则中的公积金利率
  home            first（默认）| second
  method          equal_payment 等额本息（默认）| equal_principal 等额本金
"""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LOAN = {
    "kind", "city", "on", "product", "household", "price", "down_payment", "children", "home",
    "housing", "cap_of", "credit", "repayment_limit", "income",
}  # fmt: skip
_PERSON = {"months", "balance", "in_a_row", "product", "deposited_at", "name"}
_MOST = Decimal(10) ** 10
_MOST_MONTHS = 600


class RequestWrong(ValueError):
    """place: where in the request; the sentence says what is wrong with it."""

    def __init__(self, place: str, sentence: str) -> None:
        super().__init__(f"{place}：{sentence}" if place else sentence)
        self.place = place
        self.sentence = sentence


def loan_request(asked: Mapping[str, Any], book: RuleBook) -> LoanRequest:
    """Raises RequestWrong."""
    _known(asked, _LOAN, "")
    city = _city(asked, "city", book)
    product = _choice(asked, "product", PRODUCTS, "employee")
    people = asked.get("household")
    if not isinstance(people, list) or not 1 <= len(people) <= 2:
        raise RequestWrong("household", "应为一到两位缴存人的列表")
    household = tuple(
        _depositor(person, f"household[{place}]", product, book)
        for place, person in enumerate(people)
    )
    return LoanRequest(
        city=city,
        on=day(asked, "on"),
        household=household,
        cap_of=_city(asked, "cap_of", book) if asked.get("cap_of") else city,
        price=money(asked, "price"),
        down_payment=money(asked, "down_payment"),
        children=whole(asked, "children", 0, most=20),
        home=_choice(asked, "home", HOMES, "first"),
        housing=_choice(asked, "housing", {"ordinary": "", "affordable": ""}, "ordinary"),
        credit=_credit(asked.get("credit")),
        repayment_limit=money(asked, "repayment_limit"),
        income=money(asked, "income"),
    )


def rent_request(asked: Mapping[str, Any], book: RuleBook) -> RentRequest:
    """Raises RequestWrong."""
    _known(asked, {"kind", "city", "on", "area", "people", "children", "rent", "balance"}, "")
    return RentRequest(
        city=_city(asked, "city", book),
        on=day(asked, "on"),
        area=_choice(asked, "area", AREAS, ""),
        people=whole(asked, "people", 1, least=1, most=2),
        children=whole(asked, "children", 0, most=20),
        rent=money(asked, "rent"),
        balance=money(asked, "balance"),
    )


def _depositor(given: Any, place: str, product: str, book: RuleBook) -> Depositor:
    if not isinstance(given, Mapping):
        raise RequestWrong(place, "应为对象")
    _known(given, _PERSON, place)
    months = given.get("months", [])
    if not isinstance(months, list) or len(months) > _MOST_MONTHS:
        raise RequestWrong(f"{place}.months", f"应为不超过 {_MOST_MONTHS} 个月的列表")
    read = tuple(_month(month, f"{place}.months[{at}]") for at, month in enumerate(months))
    named = [month.month for month in read if month.month]
    if named != sorted(set(named)):
        raise RequestWrong(f"{place}.months", "月份应由早到晚，不能重复")
    balance = money(given, "balance", place)
    if not read and balance is None:
        raise RequestWrong(place, "应有 months 或 balance")
    count = whole(given, "in_a_row", -1, least=-1, most=_MOST_MONTHS, place=place)
    if not read and count < 0:
        raise RequestWrong(place, "没有逐月缴存时应写 in_a_row（连续缴存月数）")
    return Depositor(
        months=read,
        balance=balance,
        product=_choice(given, "product", PRODUCTS, product, place),
        deposited_at=_city(given, "deposited_at", book, place) if given.get("deposited_at") else "",
        in_a_row=None if count < 0 else count,
        name=str(given.get("name") or "")[:40],
    )


def _month(given: Any, place: str) -> Month:
    if not isinstance(given, Mapping):
        return Month("", _amount(given, place))
    _known(given, {"month", "deposit", "withdrawn", "for_rent"}, place)
    name = str(given.get("month") or "")
    if name and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", name):
        raise RequestWrong(f"{place}.month", "应为 2025-01 这样的月份")
    parts = [
        money(given, part, place) or Decimal(0) for part in ("deposit", "withdrawn", "for_rent")
    ]
    if parts[2] > parts[1]:
        raise RequestWrong(f"{place}.for_rent", "租房提取不能多于当月提取")
    return Month(name, *parts)


def _credit(given: Any) -> Credit | None:
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise RequestWrong("credit", "应为对象")
    _known(given, {"consecutive", "total", "overdue_now", "dishonest"}, "credit")
    for name in ("overdue_now", "dishonest"):
        if not isinstance(given.get(name, False), bool):
            raise RequestWrong(f"credit.{name}", "应为 true 或 false")
    return Credit(
        whole(given, "consecutive", 0, most=999, place="credit"),
        whole(given, "total", 0, most=999, place="credit"),
        given.get("overdue_now", False),
        given.get("dishonest", False),
    )


def money(asked: Mapping[str, Any], name: str, place: str = "") -> Decimal | None:
    given = asked.get(name)
    return None if given is None else _amount(given, _at(place, name))


def _amount(given: Any, place: str) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, int | str | Decimal):
        raise RequestWrong(place, "应为金额")
    try:
        amount = Decimal(str(given))
    except InvalidOperation:
        raise RequestWrong(place, "应为金额") from None
    if not amount.is_finite() or not 0 <= amount < _MOST:
        raise RequestWrong(place, "应为不小于 0 的金额")
    if amount != round(amount, 2):
        raise RequestWrong(place, "金额最多两位小数")
    return amount


def whole(
    asked: Mapping[str, Any],
    name: str,
    default: int,
    *,
    most: int,
    least: int = 0,
    place: str = "",
) -> int:
    given = asked.get(name, default)
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        raise RequestWrong(_at(place, name), f"应为 {max(least, 0)} 到 {most} 的整数")
    return given


def day(asked: Mapping[str, Any], name: str) -> dt.date:
    given = asked.get(name)
    if not isinstance(given, str) or not _DAY.fullmatch(given):
        raise RequestWrong(name, "应为日期，如 2025-06-08")
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        raise RequestWrong(name, "没有这一天") from None


def _choice(
    asked: Mapping[str, Any], name: str, known: Mapping[str, str], default: str, place: str = ""
) -> str:
    """By code or by its Chinese word."""
    given = asked.get(name, default)
    code = next((code for code, word in known.items() if given in (code, word)), None)
    if code is None or not isinstance(given, str) or not given:
        raise RequestWrong(_at(place, name), f"应为 {'、'.join(known)} 之一")
    return code


def _city(asked: Mapping[str, Any], name: str, book: RuleBook, place: str = "") -> str:
    given = asked.get(name)
    code = book.code_of(given) if isinstance(given, str) else ""
    if code:
        return code
    if isinstance(given, str) and re.fullmatch(r"(50|51)\d{4}", given):
        return given
    cities = "、".join(pool.names[0] for pool in book.pools.values() if pool.code[2:] != "0000")
    raise RequestWrong(_at(place, name), f"没有“{given}”的规则；有规则的是：重庆、{cities}")


def _known(given: Mapping[str, Any], names: set[str], place: str) -> None:
    if strange := sorted(str(name) for name in set(given) - names):
        raise RequestWrong(place, f"不认识的项：{'、'.join(strange)}")


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
