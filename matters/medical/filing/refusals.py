"""Why a filing is not written or not ended: a code for machines, a sentence for people."""

from __future__ import annotations


class FilingRefused(ValueError):
    """A rule forbids it. `code`: not_insured, frozen, own_place, locked, admission_open, not_active."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
