"""How a name is typed: its pinyin and its initials, and the slug made of them."""

import hashlib
import re
from functools import lru_cache

from pypinyin import lazy_pinyin

LONGEST_SLUG_NAME = 60


@lru_cache(maxsize=8192)
def syllables(text: str) -> tuple[str, ...]:
    """居民身份证 → (ju, min, shen, fen, zheng); runs of letters and digits stay whole."""
    spelt = lazy_pinyin(text, errors=lambda rest: re.sub(r"[^a-z0-9]+", "", rest.casefold()))
    return tuple(syllable for syllable in spelt if syllable)


def pinyin(text: str) -> str:
    return "".join(syllables(text))


def initials(text: str) -> str:
    return "".join(syllable[0] for syllable in syllables(text))


def slug_of(name: str, natural_key: tuple[str, str, str]) -> str:
    """The address of a matter: its pinyin, cut at a syllable, and six signs of its key's hash.

    Always with the hash, so that no matter's address depends on which others there are.
    """
    spelt = ""
    for syllable in syllables(name):
        if len(spelt) + len(syllable) > LONGEST_SLUG_NAME:
            break
        spelt += syllable
    digest = hashlib.sha256("\n".join(natural_key).encode()).hexdigest()
    return f"{spelt}-{digest[:6]}"
