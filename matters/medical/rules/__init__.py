"""Benefit rules as dated data: one file per 统筹区, a national one, and 免备案."""

from .book import RuleBook, rule_book
from .exemptions import Exemption
from .files import RuleFileWrong
from .rows import Row

__all__ = ["Exemption", "Row", "RuleBook", "RuleFileWrong", "rule_book"]
