"""A name that one block of a template sets is unknown in the next: a link made of it leads nowhere."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from tests.architecture.sources import ROOT

BLOCK = re.compile(r"{% block (\w+) %}")
SET = re.compile(r"{% [^%]* as (\w+) %}")
TAG = re.compile(r"{[{%][^}]*[%}]}")


def lost_names(template: str) -> set[str]:
    """Names that a block uses and only another one sets."""
    starts = [found.start() for found in BLOCK.finditer(template)]
    blocks = [template[a:b] for a, b in pairwise([*starts, len(template)])]
    everywhere = set(SET.findall(template[: starts[0]] if starts else template))
    lost = set()
    for block in blocks:
        elsewhere = {name for other in blocks if other is not block for name in SET.findall(other)}
        wanted = elsewhere - set(SET.findall(block)) - everywhere
        tags = " ".join(TAG.findall(block))
        # As a value, not as a key, an attribute or a word in quotes.
        bare = re.sub(r'"[^"]*"', "", tags)
        lost |= {n for n in wanted if re.search(rf"(?<![\w.]){n}(?![\w=])", bare)}
    return lost


def test_no_block_uses_a_name_that_another_one_set() -> None:
    lost = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / "templates").rglob("*.html")
        for name in lost_names(path.read_text("utf-8"))
    }
    assert not lost


@pytest.mark.parametrize(
    "use", ['<a href="{{ back }}">', '{% include "x.html" with href=back text="返回" %}']
)
def test_a_planted_one_is_found(use: str) -> None:
    head = "{% block breadcrumbs %}{% url 'a' as back %}{% endblock %}"
    assert lost_names(f"{head}{{% block content %}}{use}{{% endblock %}}") == {"back"}
    known = "{% block content %}{% url 'a' as back %}"
    assert not lost_names(f"{head}{known}{use}{{% endblock %}}")
