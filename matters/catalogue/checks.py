"""At every start and in CI: the data files must hold together and fit the flows."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks

from matters.catalogue.consistency import problems_of
from matters.catalogue.plan import make_plan

__all__ = ["check_data_files", "problems_of"]

TAG = "catalogue"


@checks.register(TAG)
def check_data_files(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001
    **_kwargs: Any,
) -> list[checks.CheckMessage]:
    """A pure reading of files; what lies in the database is for `manage.py check_catalogue`."""
    return [
        checks.Error(str(problem), hint="matters/catalogue/data", id="catalogue.E001")
        for problem in make_plan().problems
    ]
