"""Benefit rules as dated data: one file per 统筹区, a national one, and 免备案."""

from matters.rules import RuleFileWrong

from .book import RuleBook, rule_book
from .exemptions import Exemption
from .rows import BenefitRow

__all__ = ["BenefitRow", "Exemption", "RuleBook", "RuleFileWrong", "rule_book"]
