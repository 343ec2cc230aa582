"""A report as a PDF: typst lays it out, with the glyphs of a wheel, never those of the machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import justmytype_intl_cjk
import typst

TEMPLATE = Path(__file__).with_name("bulletin.typ")
FONTS = Path(justmytype_intl_cjk.__file__).parent / "fonts" / "ofl" / "notosanssc"


def pdf_of(content: Mapping[str, Any]) -> bytes:
    """The file's bytes; less than a second."""
    return typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
    )


@cache
def _fonts() -> Any:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])
