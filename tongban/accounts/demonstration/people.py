"""Invented names, ID numbers and phones: well-formed, reproducible, and nobody's.

ID numbers carry right checksums and real county codes, so that forms take them; that one of them is
somebody's real number cannot be ruled out, and nothing is ever looked up with them. Phones begin
with 164, which 工信部 had given to nobody by its list of 公众移动通信网网号 of March 2023.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from stdnum.cn import ric

from .places import COUNTIES

FIRST_BIRTH, LAST_BIRTH = date(1935, 1, 1), date(2007, 12, 31)
# Staff are of working age.
FIRST_STAFF_BIRTH, LAST_STAFF_BIRTH = date(1968, 1, 1), date(2001, 12, 31)


_LINES = (Path(__file__).parent / "data" / "names.txt").read_text("utf-8").splitlines()
_NAMES = {kind: words for kind, *words in map(str.split, _LINES)}


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented person; `region_code` is the county where they are registered."""

    name: str
    id_number: str
    phone: str
    region_code: str
    birth: date


def people(seed: int) -> Iterator[Invented]:
    """Endless people of the demonstration's counties, in the same order for the same seed."""
    luck = Random(f"people {seed}")
    while True:
        yield _invent(luck, luck.choice(COUNTIES).code, FIRST_BIRTH, LAST_BIRTH)


def invented(who: str, region_code: str, *, works: bool = False) -> Invented:
    """The person behind a username: always the same one, whoever else is invented."""
    first, last = (FIRST_STAFF_BIRTH, LAST_STAFF_BIRTH) if works else (FIRST_BIRTH, LAST_BIRTH)
    return _invent(Random(f"person {who}"), region_code, first, last)


def _invent(luck: Random, region_code: str, first: date, last: date) -> Invented:
    birth = first + timedelta(days=luck.randrange((last - first).days + 1))
    order = luck.randrange(1, 1000)
    return Invented(
        name=_name(luck, region_code, is_man=order % 2 == 1),  # GB 11643: odd for men
        id_number=id_number(region_code, birth, order),
        phone=f"164{luck.randrange(10**8):08d}",
        region_code=region_code,
        birth=birth,
    )


def id_number(region_code: str, birth: date, order: int) -> str:
    """The 18 characters of GB 11643 for a county, a day and an order number of 1 to 999."""
    body = f"{region_code}{birth:%Y%m%d}{order:03d}"
    check_digit: str = ric.calc_check_digit(body + "0")
    return body + check_digit


def _name(luck: Random, region_code: str, *, is_man: bool) -> str:
    if region_code.startswith("5134") and luck.random() < 0.5:
        return luck.choice(_NAMES["long"])
    return luck.choice(_NAMES["surnames"]) + luck.choice(_NAMES["men" if is_man else "women"])
