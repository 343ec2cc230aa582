"""The measuring at a province's scale takes hours; that it still fits the site is seen at once."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.urls import resolve

from benchmarks.scale.copying import CASE, EVENT, ITEM, NOTICE, OTHERS, PARCEL, Copying
from benchmarks.scale.pages import PAGES

WORDS = {
    "own": "50010126112200000015",
    "case": "50010126112200000015",
    "slug": "shebao",
    "parcel": "P1",
}


@pytest.mark.parametrize("address", sorted({page for pages in PAGES.values() for page in pages}))
def test_every_page_that_is_measured_is_there(address: str) -> None:
    path = address.partition("?")[0]
    for word in ("own", "case", "slug", "parcel"):
        path = path.replace(f"{{{word}}}", WORDS[word])
    assert resolve(path.replace("{version}", "1").replace("{clerk}", "1"))


@pytest.mark.parametrize(
    "copying", [CASE, EVENT, ITEM, NOTICE, PARCEL, *OTHERS], ids=lambda c: c.table
)
def test_what_a_copy_changes_are_columns_of_its_table(copying: Copying) -> None:
    (model,) = (
        m for m in apps.get_models() if m._meta.db_table == copying.table and not m._meta.proxy
    )
    columns = {field.column for field in model._meta.concrete_fields}
    assert copying.changed.keys() <= columns
