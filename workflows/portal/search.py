"""Finding a matter: words and filters stay in the address of the page; typing shows suggestions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from matters.catalogue.definition import Limit
from matters.catalogue.index import Index, the_index
from matters.catalogue.models import MatterVersion, Mode
from matters.catalogue.pauses import told_of
from matters.catalogue.search import departments, find, themes

from .place import PROVINCES, provinces_to_choose, zones_of_visitor
from .plain_words import MODE_NAMES, NOT_PUBLISHED, mark_of

PAGE = 20
LAST_PAGE = 50
LONGEST = 60
LONGEST_NUMBER = 4
SUGGESTED = 8
# Beside what can be applied for, 医保 has pages that answer before anybody applies.
MEDICAL = "medical_insurance"
FILTERS = ("theme", "department", "audience", "mode", "province")


class SearchForm(forms.Form):
    """The words and filters; a wrong filter is named and left out."""

    audience = forms.ChoiceField(
        label="为谁办",
        required=False,
        choices=[("", "个人和企业"), ("个人", "个人"), ("企业", "企业")],
        error_messages={"invalid_choice": "没有这个选项"},
    )
    mode = forms.ChoiceField(
        label="办理方式",
        required=False,
        choices=[("", "全部方式"), *((mode.value, MODE_NAMES[mode]) for mode in Mode)],
        error_messages={"invalid_choice": "没有这种办理方式"},
    )
    province = forms.ChoiceField(
        label="适用省市",
        required=False,
        choices=[("", "两省市"), *((code, f"{name}的") for code, name in PROVINCES.items())],
        error_messages={"invalid_choice": "没有这个选项"},
    )
    q = forms.CharField(
        required=False,
        max_length=LONGEST,
        widget=forms.HiddenInput,
        error_messages={"max_length": f"搜索的文字最多{LONGEST}个字，请只写关键词"},
    )

    def __init__(self, *args: Any, index: Index, zones: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counted = [(theme, theme) for theme, _ in themes(zones=zones, index=index)]
        named = departments(zones=zones, index=index)
        for name, label, first, choices, missing in (
            ("theme", "主题", "全部主题", counted, "没有这个主题"),
            ("department", "主管部门", "全部部门", named, "没有这个部门"),
        ):
            self.fields[name] = forms.ChoiceField(
                label=label,
                required=False,
                choices=[("", first), *choices],
                error_messages={"invalid_choice": missing},
            )
        self.order_fields(FILTERS)


@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """What was found, a page of twenty. One statement, whatever the rows; two after a change."""
    index, zones = the_index(), zones_of_visitor(request)
    form = SearchForm(request.GET, index=index, zones=zones)
    form.is_valid()
    asked = form.cleaned_data
    page = _page_number(request)
    found = find(
        asked.get("q", ""),
        **{name: asked.get(name) for name in FILTERS},
        zones=zones,
        limit=page * PAGE + 1,
        index=index,
    )
    shown = found.versions[(page - 1) * PAGE : page * PAGE]
    context = {
        "form": form,
        "provinces": provinces_to_choose(request),
        "q": request.GET.get("q", "")[:LONGEST],
        "kept": [(name, asked[name]) for name in FILTERS if asked.get(name)],
        "rows": rows_of(shown),
        "count": found.count,
        "has_medical": any(each.matter.department_id == MEDICAL for each in shown),
        "are_neighbours": found.are_neighbours,
        "is_filtered": any(asked.get(name) for name in FILTERS),
        "online": None if asked.get("mode") == Mode.ONLINE else _address(request, mode=Mode.ONLINE),
        "previous": _address(request, page=page - 1) if page > 1 else None,
        "next": _address(request, page=page + 1) if len(found) > page * PAGE else None,
        "shown": f"第 {page} 页",
        "clear_filters": f"?{urlencode({'q': asked.get('q', '')})}",
    }
    return render(request, "portal/matters.html", context)


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """While somebody types: the best few, as a list of links under the box. One statement."""
    words = request.GET.get("q", "").strip()[:LONGEST]
    found = find(words, zones=zones_of_visitor(request), limit=2 * SUGGESTED) if words else None
    versions = found.versions if found else ()
    # Two lists may have a matter of the same name: here the first stands for both.
    first = {version.matter.name: version for version in reversed(versions)}
    shown = [version for version in versions if first[version.matter.name] is version]
    context = {
        "q": words,
        "rows": [row_of(version) for version in shown[:SUGGESTED]],
        "count": found.count if found else 0,
        "are_neighbours": found.are_neighbours if found else False,
    }
    return render(request, "portal/_suggestions.html", context)


def rows_of(versions: Sequence[MatterVersion]) -> list[dict[str, Any]]:
    """Matters as a list shows them, with what is paused of them. One statement.

    Of two with the same name each says which list it stands in.
    """
    told = told_of([version.matter_id for version in versions], timezone.now(), days=0)
    named = Counter(version.matter.name for version in versions)
    return [
        {
            **row_of(version),
            "pauses": told[version.matter_id],
            "source": version.matter.source_batch if named[version.matter.name] > 1 else "",
        }
        for version in versions
    ]


def row_of(version: MatterVersion) -> dict[str, str]:
    """A matter as a list shows it, out of the index. No statement."""
    matter = version.matter
    promised = getattr(version, "promised", None)
    return {
        "slug": matter.slug,
        "name": matter.name,
        "name_mark": mark_of(matter.certainty),
        "theme": matter.theme,
        "department": matter.department.name,
        "audience": matter.audience,
        "mode": MODE_NAMES[version.mode],
        "mode_mark": mark_of(version.mode_certainty),
        "promise": Limit.parse(promised).text if promised else NOT_PUBLISHED,
    }


def _page_number(request: HttpRequest) -> int:
    """The first page for whatever is no page of ours."""
    typed = request.GET.get("page", "")
    page = int(typed) if typed.isdecimal() and len(typed) < LONGEST_NUMBER else 1
    return page if 1 <= page <= LAST_PAGE else 1


def _address(request: HttpRequest, **changed: object) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changed.items():
        query[name] = str(value)
    return f"?{query.urlencode()}"
