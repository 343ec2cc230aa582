"""The text by which a matter is found: its name, how it is typed, and what people call it."""

import csv
import unicodedata
from functools import cache
from pathlib import Path

from matters.catalogue.facts import DATA
from matters.catalogue.spelling import initials, pinyin


def normalised(text: str) -> str:
    """Full-width and capital letters made plain, so that what is typed meets what is kept.

    What cannot be printed becomes a space: PostgreSQL takes no NUL in a text.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign if sign.isprintable() else " " for sign in plain).strip()


def search_text(name: str, *extra: str) -> str:
    """Lines: name, pinyin, initials, then `extra` words and everyday words, these spelt too."""
    plain = normalised(name)
    words = [normalised(word) for word in (*extra, *_everyday(plain)) if word]
    lines = [plain, pinyin(plain), initials(plain), *words]
    lines += [f"{pinyin(word)} {initials(word)}" for word in words]
    return "\n".join(lines)


def _everyday(name: str) -> list[str]:
    return [
        word for word, found in _everyday_words().items() if any(part in name for part in found)
    ]


@cache
def _everyday_words(path: Path = DATA / "everyday-words.csv") -> dict[str, tuple[str, ...]]:
    """What people say → parts of the names that they mean."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            row["word"]: tuple(normalised(part) for part in row["finds"].split("|"))
            for row in csv.DictReader(file)
        }
