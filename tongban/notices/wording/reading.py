"""Which names a template's text uses, and whether it keeps to the few tags that such texts need.

The texts are Django templates over plain values. An operator's may use variables with their
filters, `if`, `for`, and the two parts that list a case's facts and a list's items: nothing that
reads other files or loads code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.template.base import FilterExpression, Node, TextNode, Variable, VariableNode
from django.template.defaulttags import CommentNode, ForNode, IfNode, TemplateLiteral
from django.template.loader_tags import IncludeNode

from tongban.notices.rendering import engine

PARTS = ("notices/_case.txt", "notices/_items.txt")
# What Django itself sets inside a loop.
OF_A_LOOP = frozenset({"forloop"})


class NotAllowed(ValueError):
    """A tag that a notice's text may not use; the text says which."""


@dataclass(frozen=True)
class Uses:
    names: frozenset[str]


def uses_of(text: str) -> Uses:
    """The names of the context that the text uses, in parts of it too.

    Raises NotAllowed; TemplateSyntaxError for a text that is no template.
    """
    return Uses(frozenset(_names(engine().from_string(text).nodelist, frozenset())))


def _names(nodes: Iterable[Any], known: frozenset[str]) -> Iterator[str]:
    for node in nodes:
        yield from _names_of(node, known)


def _names_of(node: Node, known: frozenset[str]) -> Iterator[str]:
    match node:
        case TextNode() | CommentNode():
            return
        case VariableNode():
            yield from _in_expression(node.filter_expression, known)
        case IfNode():
            for condition, nodes in node.conditions_nodelists:
                yield from _in_condition(condition, known)
                yield from _names(nodes, known)
        case ForNode():
            yield from _in_expression(node.sequence, known)
            inside = known | OF_A_LOOP | frozenset(node.loopvars)
            yield from _names(node.nodelist_loop, inside)
            yield from _names(node.nodelist_empty, known)
        case IncludeNode():
            yield from _in_part(node, known)
        case _:
            raise NotAllowed(f"不能使用“{_tag(node)}”")


def _in_part(node: IncludeNode, known: frozenset[str]) -> Iterator[str]:
    template = node.template
    name = template.var if isinstance(template, FilterExpression) else None
    if name not in PARTS or template.filters or node.extra_context:
        raise NotAllowed(f"只能引入 {'、'.join(PARTS)}")
    part = engine().get_template(str(name))
    yield from _names(part.nodelist, known)


def _in_expression(expression: Any, known: frozenset[str]) -> Iterator[str]:
    yield from _in_variable(expression.var, known)
    for _, arguments in expression.filters:
        for is_variable, argument in arguments:
            if is_variable:
                yield from _in_variable(argument, known)


def _in_variable(variable: object, known: frozenset[str]) -> Iterator[str]:
    lookups = variable.lookups if isinstance(variable, Variable) else None
    if lookups and lookups[0] not in known and lookups[0] not in ("True", "False", "None"):
        yield lookups[0]


def _in_condition(condition: Any, known: frozenset[str]) -> Iterator[str]:
    if condition is None:
        return
    if isinstance(condition, TemplateLiteral):
        yield from _in_expression(condition.value, known)
        return
    for side in (getattr(condition, "first", None), getattr(condition, "second", None)):
        yield from _in_condition(side, known)


def _tag(node: Node) -> str:
    token = node.token
    return str(token.contents) if token is not None else type(node).__name__
