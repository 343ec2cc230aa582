"""What the source may not say. Each rule is tried on every file, and on a fault planted for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.architecture import rules
from tests.architecture.rules import Finding, Rule
from tests.architecture.sources import Source, sources

# The few who may, each for its reason.
ALLOWED: dict[Rule, dict[str, str]] = {
    rules.a_step_is_called: {
        "workflows/cases/perform.py": "the one door",
        "benchmarks/life/bare.py": "a yardstick's own class, which is no case",
    },
    rules.a_case_is_updated_in_sql: {
        "workflows/cases/sweep.py": "moves next_alarm_at, under the rows' locks",
        "workflows/cases/ledger_writing.py": "the one statement of the two doors",
        "benchmarks/life/floor.py": "the yardstick: a hand-written statement without an engine",
        "benchmarks/filling.py": "rows for measuring, which never move",
        "benchmarks/counting.py": "rows for measuring, which never move",
        "tests/cases/moving_cases.py": "five hundred copies of a case, to be moved",
        "tests/flows/settings.py": "puts a case into any state, to be refused there",
        "tests/architecture/rules.py": "the rule itself",
        "tests/architecture/test_source_rules.py": "faults planted for the rules",
    },
    rules.a_page_says_when: {
        "workflows/operator/rehearsal/playing.py": "plays at chosen times and takes it back",
    },
    rules.a_case_is_built_in_a_state: {
        "workflows/cases/opening.py": "where a case begins",
        "workflows/cases/move_fit.py": "the same case under another version; moving writes it",
        "workflows/cases/rights.py": "made up in memory, asked about and thrown away",
    },
}


def broken(rule: Rule, source: Source) -> Iterator[Finding]:
    if source.path not in ALLOWED.get(rule, {}):
        yield from rule(source)


EVERY_RULE: list[Rule] = [
    rules.a_step_is_called,
    rules.a_case_is_updated,
    rules.a_case_is_updated_in_sql,
    rules.cases_are_updated_in_bulk,
    rules.a_case_is_built_in_a_state,
    rules.a_state_is_assigned,
    rules.a_case_is_refreshed,
    rules.a_page_says_when,
    rules.a_flow_reads_the_clock,
    rules.cases_name_a_flow,
    rules.a_module_is_long,
    rules.a_function_is_long,
    rules.a_module_is_named_for_nothing,
    rules.money_floats,
]


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.__name__)
def test_nowhere(rule: Rule) -> None:
    found = [f"{s.path}:{line} {said}" for s in sources() for line, said in broken(rule, s)]
    assert not found, "\n".join(found)


PLANTED: list[tuple[Rule, str, str]] = [
    (rules.a_step_is_called, "workflows/desk/views.py", "case.accept(act)"),
    (rules.a_step_is_called, "workflows/desk/views.py", "Case.objects.get(pk=1).withdraw(act)"),
    (rules.a_step_is_called, "workflows/portal/x.py", "getattr(case, step)(act)"),
    (rules.a_step_is_called, "benchmarks/x.py", "self.case.extend(act)"),
    (rules.a_case_is_updated, "workflows/cases/x.py", "Case.objects.filter(pk=1).update(data={})"),
    (rules.a_case_is_updated, "workflows/cases/x.py", "mine.update(state='closed')"),
    (rules.a_case_is_updated, "matters/x.py", "CollectForward.objects.update(holder='owner')"),
    (rules.a_case_is_updated, "tests/x.py", "Case.objects.filter(pk=1).update(state='closed')"),
    (rules.a_case_is_updated_in_sql, "workflows/x.py", "run('UPDATE  cases_case\\n SET seq = 1')"),
    (rules.a_case_is_updated_in_sql, "workflows/x.py", "run('UPDATE cases_case AS c SET seq = 1')"),
    (rules.a_case_is_updated_in_sql, "tests/x.py", "run('insert into cases_case (id) values (1)')"),
    (rules.cases_are_updated_in_bulk, "workflows/x.py", "Case.objects.bulk_update(rows, ['data'])"),
    (rules.cases_are_updated_in_bulk, "tests/x.py", "OnlineApproval.objects.bulk_create(rows)"),
    (rules.a_case_is_built_in_a_state, "workflows/x.py", "Case(number='1', state='received')"),
    (rules.a_case_is_built_in_a_state, "workflows/x.py", "flow(number='1', state='received')"),
    (rules.a_case_is_built_in_a_state, "tests/x.py", "models.FundTransfer(state='booked')"),
    (rules.a_case_is_built_in_a_state, "tests/x.py", "Case.objects.create(number='1')"),
    (rules.a_state_is_assigned, "workflows/desk/x.py", "case.state = 'closed'"),
    (rules.a_case_is_refreshed, "tests/x.py", "journey.case.refresh_from_db()"),
    (rules.a_case_is_refreshed, "workflows/x.py", "the_case.refresh_from_db(fields=['seq'])"),
    (rules.a_page_says_when, "workflows/desk/x.py", "perform(1, 'accept', actor=a, token=1, at=t)"),
    (rules.a_page_says_when, "workflows/portal/x.py", "opening.open_case(a, actor=a, at=t)"),
    (rules.a_flow_reads_the_clock, "workflows/flows/x.py", "timezone.now()"),
    (rules.a_flow_reads_the_clock, "workflows/flows/x.py", "dt.date.today()"),
    (rules.cases_name_a_flow, "workflows/cases/x.py", "if case.flow == 'fund_transfer': pass"),
    (rules.cases_name_a_flow, "workflows/cases/x.py", "from workflows.flows import models"),
    (rules.a_module_is_long, "tongban/x.py", "a = 1\n" * 401),
    (rules.a_function_is_long, "tongban/x.py", "def f():\n" + "    a = 1\n" * 60),
    (rules.a_module_is_named_for_nothing, "workflows/desk/utils.py", ""),
    (rules.a_module_is_named_for_nothing, "matters/helpers/names.py", ""),
    (rules.money_floats, "matters/medical/x.py", "share = 0.7"),
    (rules.money_floats, "matters/housing_fund/x.py", "float(amount)"),
    (rules.money_floats, "workflows/flows/fund_transfer_forms.py", "forms.FloatField()"),
]


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    PLANTED,
    ids=[f"{rule.__name__}-{n}" for n, (rule, *_) in enumerate(PLANTED)],
)
def test_a_planted_fault_is_found(rule: Rule, path: str, text: str) -> None:
    assert list(broken(rule, Source(path, text)))


def test_every_rule_has_a_fault_planted_for_it() -> None:
    assert {rule for rule, _, _ in PLANTED} == set(EVERY_RULE)


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (rules.a_step_is_called, "workflows/desk/x.py", "rows.extend(more)"),
        (rules.a_case_is_updated, "workflows/x.py", "Notice.objects.update(read_at=now)"),
        (rules.a_case_is_built_in_a_state, "workflows/flows/x.py", "State('received', '待受理')"),
        (rules.a_case_is_refreshed, "tests/x.py", "notice.refresh_from_db()"),
        (rules.a_page_says_when, "workflows/flows/simulation/x.py", "perform(1, 'a', at=then)"),
        (rules.a_function_is_long, "tongban/x.py", "def f():\n" + "    a = 1\n" * 59),
    ],
)
def test_what_only_looks_alike_is_left_alone(rule: Rule, path: str, text: str) -> None:
    assert not list(broken(rule, Source(path, text)))


def test_who_is_allowed_is_still_there_and_still_needs_it() -> None:
    by_path = {source.path: source for source in sources()}
    for rule, paths in ALLOWED.items():
        for path in paths:
            assert list(rule(by_path[path])), f"{path} no longer needs leave for {rule.__name__}"
