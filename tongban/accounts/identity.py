"""Numbers that name a person (GB 11643) or an organisation (GB 32100): are they possible at all?

Checksums come from python-stdnum. Its own verdict isn't used: it takes births that are yet to come,
refuses the residence permits of people from 港澳台 and, since it holds the birth year against the
years in which a county code was in use, refuses older people of merged or renamed counties.
"""

import re
import unicodedata
from datetime import date

from django.utils import timezone
from stdnum.cn import ric, uscc

_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_OLDEST = date(1890, 1, 1)
# The first two digits of GB/T 2260; 81, 82, 83: residence permits of people from 香港, 澳门, 台湾.
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
# GB 32100-2015: who registers (N: rural collectives, by the agriculture authorities), what kind,
# region, organisation code and check digit; I, O, S, V, Z are never used.
_USCC_SHAPE = re.compile(r"[1-9ANY][1-59][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")


def is_resident_id(text: str) -> bool:
    """Whether `text` can be the number of somebody alive today."""
    return problem_with_resident_id(text, timezone.localdate()) is None


def problem_with_resident_id(text: str, today: date) -> str | None:
    """What is wrong with the number, as a sentence for the person who typed it; else None."""
    number = compact(text)
    if len(number) != 18:
        return f"身份证号码应为 18 位，您填写了 {len(number)} 位。"
    if not _SHAPE.fullmatch(number):
        return "身份证号码前 17 位应为数字，最后一位是数字或字母 X。"
    if not _PROVINCE.match(number):
        return "身份证号码开头的地区代码不存在，请核对。"
    born_on = _birth(number)
    if born_on is None or not _OLDEST <= born_on <= today:
        return "身份证号码第 7 至 14 位的出生日期不正确，请核对。"
    if number[-1] != ric.calc_check_digit(number):
        return "身份证号码的校验位不正确，请逐位核对。"
    return None


def birth_date(number: str) -> date:
    """The day of birth inside a valid number. Raises ValueError for any other."""
    born_on = _birth(compact(number))
    if born_on is None:
        raise ValueError("not a resident ID number")
    return born_on


def is_uscc(text: str) -> bool:
    """Whether `text` is a well-formed 统一社会信用代码 (checksum included)."""
    code = compact(text)
    return bool(_USCC_SHAPE.fullmatch(code)) and code[-1] == uscc.calc_check_digit(code)


def compact(text: str) -> str:
    """The number as it is stored: no spaces or full-width forms, letters upper."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def _birth(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
