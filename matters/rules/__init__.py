"""Dated rules of money 规则行: rows with scope, certainty and source, in one YAML file per place.

What differs between 医保 and 公积金 is the vocabulary: what a row may be narrowed to, and what its value
may look like. Another place is a file, not code.
"""

from .book import RuleBook
from .files import RuleFileWrong
from .missing import MissingRule, RuleMissing
from .rows import CERTAINTIES, NONE, UNKNOWN, Day, Row
from .vocabulary import Scope, Vocabulary

__all__ = [
    "CERTAINTIES",
    "NONE",
    "UNKNOWN",
    "Day",
    "MissingRule",
    "Row",
    "RuleBook",
    "RuleFileWrong",
    "RuleMissing",
    "Scope",
    "Vocabulary",
]
