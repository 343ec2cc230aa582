"""Words that the pages of the figures share."""

from __future__ import annotations

from typing import Final

MODES: Final = {
    "online": "全程网办",
    "collect": "异地代收代办",
    "joint": "多地联办",
    "delegated": "委托受理",
}
OUTCOMES: Final = {
    "done": "准予",
    "disapproved": "不予批准",
    "refused": "不予受理",
    "returned": "退件",
    "withdrawn": "撤回",
}
