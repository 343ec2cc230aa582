"""The clearing between the two provinces' funds: reconciliation, months, statements, advance.

No module here knows cases: the flows of `workflows.flows.clearing_*` call these inside their steps.
"""
