"""Rules over the source text, each a function that yields what breaks it: (line, what it says)."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from tests.architecture.sources import Source, keywords, name_of, root_of
from workflows.cases.registry import flows

Finding = tuple[int, str]
Rule = Callable[[Source], Iterator[Finding]]

FLOW_CODES = frozenset(flow.CODE for flow in flows())
CASE_CLASSES = frozenset({"Case", "Flow"} | {flow.__name__ for flow in flows()})
STEPS = frozenset(step for flow in flows() for step in flow.STEPS)
CASE_WORDS = frozenset({"case", "flow", "parent", "child", "locked", "found"})
PAGES = (
    "workflows/portal",
    "workflows/desk",
    "workflows/throughput",
    "workflows/exchange",
    "workflows/operator",
)
MONEY = ("matters/medical", "matters/housing_fund", "workflows/flows")
CLOCK_READERS = frozenset({"now", "today", "localdate", "localtime", "utcnow"})
VAGUE = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "tools"})
LONGEST_MODULE, LONGEST_FUNCTION = 400, 60


# ---- the one door ----


def a_step_is_called(source: Source) -> Iterator[Finding]:
    """`case.accept(act)` or `getattr(case, step)(act)`: only `perform` takes a step."""
    if not source.is_in("workflows", "benchmarks"):
        return
    for call in source.calls:
        by_name = isinstance(call.func, ast.Call) and name_of(call.func.func) == "getattr"
        attribute = call.func if isinstance(call.func, ast.Attribute) else None
        is_step = attribute is not None and attribute.attr in STEPS
        if is_step and attribute is not None and attribute.attr == "extend":
            # Lists have that method too.
            is_step = name_of(attribute.value) in CASE_WORDS
        if by_name or is_step:
            yield call.lineno, ast.unparse(call.func)


def a_case_is_updated(source: Source) -> Iterator[Finding]:
    """`Case.objects.filter(…).update(…)`; in tests only where it writes the state."""
    for call in source.calls:
        if not isinstance(call.func, ast.Attribute) or call.func.attr != "update":
            continue
        if root_of(call.func) in CASE_CLASSES:
            if not source.is_in("tests") or "state" in keywords(call):
                yield call.lineno, ast.unparse(call)[:100]
        elif source.is_in("workflows") and "state" in keywords(call):
            yield call.lineno, ast.unparse(call)[:100]


def a_case_is_updated_in_sql(source: Source) -> Iterator[Finding]:
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = " ".join(node.value.lower().split())
            if re.search(r"update cases_case( as \w+)? set|insert into cases_case\b", words):
                yield node.lineno, words[:100]


def cases_are_updated_in_bulk(source: Source) -> Iterator[Finding]:
    for call in source.calls:
        if name_of(call.func) not in ("bulk_update", "bulk_create", "update_or_create"):
            continue
        if root_of(call.func) in CASE_CLASSES:
            yield call.lineno, ast.unparse(call)[:100]


def a_case_is_built_in_a_state(source: Source) -> Iterator[Finding]:
    """`Case(state=…)`, or a flow's class called so, or `Case.objects.create(…)`."""
    for call in source.calls:
        name = name_of(call.func)
        is_class = name in CASE_CLASSES or (name == "flow" and isinstance(call.func, ast.Name))
        is_created = name in ("create", "get_or_create") and root_of(call.func) in CASE_CLASSES
        if (is_class and "state" in keywords(call)) or is_created:
            yield call.lineno, ast.unparse(call)[:100]


def a_state_is_assigned(source: Source) -> Iterator[Finding]:
    for node in source.nodes:
        if isinstance(node, ast.Assign) and source.is_in("workflows", "benchmarks"):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr == "state":
                    yield node.lineno, ast.unparse(node)[:100]


def a_case_is_refreshed(source: Source) -> Iterator[Finding]:
    """It switches the protection of the state off, for the whole process, while it runs."""
    for call in source.calls:
        if name_of(call.func) == "refresh_from_db" and isinstance(call.func, ast.Attribute):
            said = ast.unparse(call.func.value).lower()
            if any(word in said for word in ("case", "flow", "parent", "child")):
                yield call.lineno, ast.unparse(call)


# ---- time ----


def a_page_says_when(source: Source) -> Iterator[Finding]:
    """A person acts now: only the system, the simulator and tests pass `at`."""
    if not source.is_in(*PAGES):
        return
    for call in source.calls:
        if name_of(call.func) in ("perform", "open_case") and "at" in keywords(call):
            yield call.lineno, ast.unparse(call)[:100]


def a_flow_reads_the_clock(source: Source) -> Iterator[Finding]:
    """Time comes with the act. Commands and Celery's tasks are no flows: with them it begins now."""
    begins_now = ("workflows/flows/management", "workflows/flows/tasks.py")
    if not source.is_in("workflows/flows") or source.is_in(*begins_now):
        return
    for call in source.calls:
        if name_of(call.func) in CLOCK_READERS:
            yield call.lineno, ast.unparse(call)


# ---- names, sizes, money ----


def cases_name_a_flow(source: Source) -> Iterator[Finding]:
    if not source.is_in("workflows/cases"):
        return
    for node in source.nodes:
        if isinstance(node, ast.Constant) and node.value in FLOW_CODES:
            yield node.lineno, str(node.value)
        if isinstance(node, ast.ImportFrom) and "flows" in (node.module or "").split("."):
            yield node.lineno, ast.unparse(node)


def a_module_is_long(source: Source) -> Iterator[Finding]:
    lines = source.text.count("\n")
    if lines > LONGEST_MODULE:
        yield lines, f"{lines} lines"


def a_function_is_long(source: Source) -> Iterator[Finding]:
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield node.lineno, f"{node.name}: {lines} lines"


def a_module_is_named_for_nothing(source: Source) -> Iterator[Finding]:
    if VAGUE & set(source.path.removesuffix(".py").split("/")):
        yield 1, source.path


def money_floats(source: Source) -> Iterator[Finding]:
    if not source.is_in(*MONEY) or source.is_in("workflows/flows/simulation"):
        return
    for node in source.nodes:
        is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        is_named = isinstance(node, ast.Name | ast.Attribute) and (
            name_of(node) in ("float", "FloatField")
        )
        if is_literal or is_named:
            yield getattr(node, "lineno", 0), ast.unparse(node)
