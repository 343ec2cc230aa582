"""Why a filing is not written or not ended: a code for machines, a sentence for people."""

from __future__ import annotations


class FilingRefused(ValueError):
    """A rule forbids it, and `sentence` tells people which.

    code: not_insured, frozen, own_place, already_filed, filed_elsewhere, locked, admission_open or not_active.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
