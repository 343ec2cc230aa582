"""Whose benefits stand still 待遇封锁 among the invented people, after 重庆's rules on arrears."""

from __future__ import annotations

import datetime as dt
from typing import Any

FROZEN: dict[str, dict[str, Any]] = {
    # A worker whose employer owes: still.
    "cq-citizen-11": {
        "from_on": dt.date(2026, 9, 1),
        "reason": "单位欠费，自欠费次月起停止享受待遇",
    },
    "1 500101 employee 24": {
        "from_on": dt.date(2026, 8, 1),
        "reason": "单位欠费，自欠费次月起停止享受待遇",
    },
    # Paid back within three months: fees of the gap may be claimed by hand.
    "1 500103 employee 24": {
        "from_on": dt.date(2026, 3, 1),
        "to_on": dt.date(2026, 6, 1),
        "reason": "单位欠费，自欠费次月起停止享受待遇",
        "paid_back_on": dt.date(2026, 5, 18),
        "is_covered": True,
    },
    # Paid in April: ninety days of waiting.
    "1 500116 resident 30": {
        "from_on": dt.date(2026, 1, 1),
        "to_on": dt.date(2026, 7, 15),
        "reason": "居民医保集中缴费期后缴费，等待期 90 天",
        "paid_back_on": dt.date(2026, 4, 16),
    },
}
