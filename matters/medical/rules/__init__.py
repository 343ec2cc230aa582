"""Benefit rules as dated data: one file per 统筹区, a national one, and 免备案."""

from .book import Exemption, RuleBook, rule_book
from .rows import Row

__all__ = ["Exemption", "Row", "RuleBook", "rule_book"]
