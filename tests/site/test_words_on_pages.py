"""What people read is Chinese: no code of ours, no word of the workshop, no date for machines."""

from __future__ import annotations

import re
from html import unescape

from tests.site.addresses import ADDRESSES
from tests.site.stage import Stage

# Letters that people use: file endings, keys of the keyboard, the parcel company, AB岗.
MEANT = {"JPG", "PNG", "PDF", "Enter", "Esc", "EMS", "AB", "CSV", "XLSX", "DOCX"}
# 席位 is a word of the engine; staff are 经办 nowhere; 异地授权 is no mode.
FORBIDDEN = ("席位", "异地授权", "None", "True", "False")
# The text of a definition or of a notice and the names of queues are code, shown as such to operators.
HIDDEN = re.compile(
    r"<(script|style|template|code)\b.*?</\1>|<!--.*?-->"
    r'|<(pre|textarea)\b[^>]*class="[^"]*\bcode\b[^>]*>.*?</\2>',
    re.S,
)
SAID = re.compile(r'\b(?:placeholder|title|aria-label|alt)="([^"]*)"')
ADDRESS = re.compile(r"https?://[!-~]+")
# In the texts that operators keep, as the gateways want them written.
VARIABLE = re.compile(r"\$\{\w+\}")
LETTERS = re.compile(r"(?<![0-9A-Za-z_.@-])[A-Za-z][A-Za-z_]{2,}(?![0-9A-Za-z_.@-])")
FOR_MACHINES = re.compile(r"\b\d{4}-\d\d-\d\d\b|\b\d{4}/\d\d?/\d\d?\b")


def test_what_it_looks_for_it_finds() -> None:
    assert _foreign("方式post寄出，https://example.com/x-y 于 2026-01-02") == ["post", "2026-01-02"]


def test_no_page_says_a_code_or_a_date_for_machines(stage: Stage) -> None:
    wrong = []
    for address in (a for addresses in ADDRESSES.values() for a in addresses):
        for who in _of_each_kind(address.may):
            answer = stage.client(who).get(address.of(stage))
            if answer.streaming or "html" not in answer.headers.get("Content-Type", ""):
                b"".join(answer if answer.streaming else ())
                continue
            said = _said(answer.content.decode())
            wrong += [f"{who} {address.of(stage)}: {word}" for word in _foreign(said)]
    assert not wrong, "\n".join(sorted(set(wrong)))


def _of_each_kind(may: frozenset[str]) -> list[str]:
    """A citizen, a clerk of either side, a supervisor: as far as they find the page."""
    people = ("citizen", "clerk_cq", "clerk_sc", "head_cq", "supervisor_sc", "operator")
    return [who for who in people if who in may]


def _said(html: str) -> str:
    """All that is read or read out."""
    shown = HIDDEN.sub(" ", html)
    return unescape(re.sub(r"<[^>]+>", " ", shown) + " ".join(SAID.findall(shown)))


def _foreign(said: str) -> list[str]:
    said = VARIABLE.sub(" ", ADDRESS.sub(" ", said))
    letters = [word for word in LETTERS.findall(said) if word not in MEANT]
    return [*letters, *FOR_MACHINES.findall(said), *(w for w in FORBIDDEN if w in said)]
