"""What people are told of shared data, in words."""

from __future__ import annotations

import re

import pytest

from tests.notices.test_rendering import FOLDER, OF_SHARED_DATA
from tongban.notices.models import Notice
from tongban.notices.rendering import render

NAMES = sorted(p.stem for p in FOLDER.glob("[a-z]*.txt") if p.stem.startswith(OF_SHARED_DATA))
WHOLE = {
    "data": "残疾人证",
    "holder": "四川省残疾人联合会",
    "item": "困难残疾人生活补贴",
    "outcome": "未查到",
    "title": "居住证状态",
    "office": "通川区民政局",
    "due": "2026年12月5日",
    "at": "2026-11-21T01:30:00+00:00",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_notice_of_shared_data_names_both_sides_and_leaves_nothing_open(name: str) -> None:
    told = render(Notice(pk=7, template=name, context=WHOLE), edited={})
    words = told.subject + told.body
    assert WHOLE["holder"] in words or WHOLE["office"] in words
    assert not re.search(r"None|\{|：\s*(\n|$)(?!\n)", words)
    assert "2026-" not in words
