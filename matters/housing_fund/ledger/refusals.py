"""What the ledger does not do, each with a code and a Chinese sentence."""

from __future__ import annotations


class LedgerRefused(ValueError):
    """Nothing was written. code: for machines; the text is for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
