"""A rule file that cannot be read."""

from __future__ import annotations


class RuleFileWrong(ValueError):
    """A rule file that cannot be read: path, place in it and what is wrong, in Chinese."""
