"""What stands in a cell, as text: spaces, dates, numbers and formulas made plain."""

import datetime as dt
import re
from typing import Any

LONGEST = 32_767  # what a cell of an XLSX file can hold
EXACT_DIGITS = 15
# What a spreadsheet shows when a formula went wrong.
ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})
# What makes a spreadsheet compute a cell of a CSV file; an apostrophe in front keeps it a text.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_INVISIBLE = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u200b-\u200f\ufeff]")
_SPACES = re.compile("[ \t\u00a0\u3000]+")


class Unreadable(ValueError):
    """What a cell holds cannot be used; the text says why."""


def text_of(value: Any) -> str:
    """A cell's value as the text that a person meant. Raises Unreadable.

    Spaces around it go, full-width ones too; signs inside stay as they are: 《（县级）》 is a name.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return str(value)
    text = _INVISIBLE.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n"))
    if text.strip() in ERRORS:
        raise Unreadable(f"单元格是错误值 {text.strip()}")
    # Indents stay: a cell may hold YAML.
    return "\n".join(line.rstrip(" \t\u00a0\u3000") for line in text.split("\n")).strip()


def _number(value: int | float) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    if sum(sign.isdecimal() for sign in text) > EXACT_DIGITS:
        raise Unreadable(f"数字 {text} 超过 {EXACT_DIGITS} 位，表格软件已失去末位，请改为文本格式")
    return text


def heading(text: str) -> str:
    """A header as it is compared: no spaces, no brackets' difference, no marks of what is required."""
    plain = text.translate(str.maketrans("（）：", "():"))
    return re.sub(r"[\s\u3000*＊:]", "", plain).casefold()


def one_line(text: str) -> str:
    """A name as one line: a line break inside a cell is no part of it."""
    return _SPACES.sub(" ", text.replace("\n", "")).strip()


def harmless(text: str) -> str:
    """A text for a CSV cell that no spreadsheet computes."""
    return f"'{text}" if text.startswith((*FORMULA_SIGNS, "'")) else text


def unharmed(text: str) -> str:
    """The text that `harmless` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith((*FORMULA_SIGNS, "'")) else text
