"""A report as a DOCX that its reader may edit."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

FONT = "宋体"


def docx_of(content: Mapping[str, Any]) -> bytes:
    """The file's bytes."""
    document = Document()
    _page(document)
    title = document.add_heading(content["title"], 0)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    number = document.add_paragraph(content["number"])
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph(f"统计期间：{content['days']}")
    document.add_paragraph(f"制作：{content['made_by']}　{content['made_at']}")
    for sentence in content["lead"]:
        document.add_paragraph(sentence).paragraph_format.first_line_indent = Pt(21)
    document.add_paragraph(f"数字来源：{content['source']}")
    for nth, part in enumerate(content["parts"], start=1):
        document.add_heading(f"{nth}. {part['title']}", 2)
        if part["rows"] or part["feet"]:
            _table(document, part)
        else:
            document.add_paragraph(part["empty"])
        if part["note"]:
            _small(document.add_paragraph(f"注：{part['note']}"))
    document.add_heading("指标口径", 2)
    for label, definition in content["definitions"]:
        _small(document.add_paragraph(f"{label}：{definition}"))
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    for name in ("Normal", "Title", "Heading 2"):
        style = document.styles[name]
        style.font.name = FONT
        # What Chinese characters take is named apart from what Latin ones take.
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    document.styles["Normal"].font.size = Pt(10.5)


def _table(document: Any, part: Mapping[str, Any]) -> None:
    columns = part["columns"]
    lines = [[label for label, _ in columns], *part["rows"], *part["feet"]]
    built = document.add_table(rows=len(lines), cols=len(columns), style="Table Grid")
    bold = {0, *range(len(lines) - len(part["feet"]), len(lines))}
    for nth, line in enumerate(lines):
        _row(built.rows[nth].cells, line, columns, is_bold=nth in bold)


def _row(
    cells: Sequence[Any], line: Sequence[str], columns: Sequence[Sequence[Any]], *, is_bold: bool
) -> None:
    for cell, value, (_, is_number) in zip(cells, line, columns, strict=True):
        paragraph = cell.paragraphs[0]
        run = paragraph.add_run(value)
        run.bold, run.font.size = is_bold, Pt(9)
        if is_number:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _small(paragraph: Any) -> None:
    for run in paragraph.runs:
        run.font.size = Pt(9)
