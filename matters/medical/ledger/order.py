"""What somebody asks the ledger to settle."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from matters.medical.models import Institution


@dataclass(frozen=True, slots=True)
class Order:
    """What a hospital (direct) or an agency (manual) asks to settle; amounts in yuan.

    The ledger adds the person's class and age, the admission number, the year to date and the accounts.
    `on` is the day whose rules hold and whose calendar year it counts in: of discharge, or of service;
    `began_on` the day of admission. `treated_at` is a region's code. One `mdtrt_id` (visit) is settled
    once a calendar year; a stay across the year's end is two orders with one `mdtrt_id`.
    """

    institution: Institution | None
    level: str
    visit: str
    began_on: dt.date
    on: dt.date
    filing: str
    treated_at: str
    medfee_sumamt: Decimal
    fulamt_ownpay_amt: Decimal
    overlmt_selfpay: Decimal
    preselfpay_amt: Decimal
    mdtrt_id: str
    disease: str = ""
    kind: Literal["direct", "manual"] = "direct"
    use_account: bool = True
