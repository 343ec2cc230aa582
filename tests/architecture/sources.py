"""The project's own Python files, read once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("tongban", "matters", "workflows", "benchmarks", "tests")


@dataclass(frozen=True)
class Source:
    """A file: its path from the project's root, and what it says."""

    path: str
    text: str

    @property
    def nodes(self) -> tuple[ast.AST, ...]:
        return _nodes(self.text)

    @property
    def calls(self) -> Iterator[ast.Call]:
        return (node for node in self.nodes if isinstance(node, ast.Call))

    def is_in(self, *folders: str) -> bool:
        return any(self.path == folder or self.path.startswith(f"{folder}/") for folder in folders)


@cache
def _nodes(text: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(text)))


@cache
def sources() -> tuple[Source, ...]:
    """Every module but the migrations, which Django writes."""
    files = [ROOT / "manage.py", ROOT / "bootstrap.py"]
    for folder in FOLDERS:
        files += sorted((ROOT / folder).rglob("*.py"))
    return tuple(
        Source(str(file.relative_to(ROOT)), file.read_text("utf-8"))
        for file in files
        if "migrations" not in file.parts
    )


def name_of(node: ast.expr) -> str:
    """The last word of an expression: 'case' of `self.case`, 'perform' of `door.perform`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Call):
        return name_of(node.func)
    return node.id if isinstance(node, ast.Name) else ""


def root_of(node: ast.expr) -> str:
    """The first word of a chain: 'Case' of `Case.objects.filter(…).update`."""
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""


def keywords(call: ast.Call) -> set[str]:
    return {keyword.arg for keyword in call.keywords if keyword.arg}
