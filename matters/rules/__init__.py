"""Dated rules of money 规则行: rows with scope, certainty and source, in one YAML file per place.

What differs between 医保 and 公积金 is the vocabulary: what a row may be narrowed to, and what its value
may look like. Another place is a file, not code.
"""

from .book import RuleBook
from .files import read_folder
from .missing import MissingRule, RuleMissing
from .pool import Pool, RuleFile
from .rows import CERTAINTIES, NONE, UNKNOWN, Day, Row
from .scopes import Scope
from .vocabulary import Vocabulary
from .wrong import RuleFileWrong

__all__ = [
    "CERTAINTIES",
    "NONE",
    "UNKNOWN",
    "Day",
    "MissingRule",
    "Pool",
    "Row",
    "RuleBook",
    "RuleFile",
    "RuleFileWrong",
    "RuleMissing",
    "Scope",
    "Vocabulary",
    "read_folder",
]
