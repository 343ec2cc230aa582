"""Finding a matter: words, theme, audience and mode stay in the address of the page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from matters.catalogue.models import MatterVersion, Mode
from matters.catalogue.search import find, themes

from .plain_words import MODE_NAMES, mark_of, promise_of

PAGE = 20
LAST_PAGE = 50
LONGEST = 60
LONGEST_NUMBER = 4


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
    q = forms.CharField(
        required=False,
        max_length=LONGEST,
        widget=forms.HiddenInput,
        error_messages={"max_length": f"搜索的文字最多{LONGEST}个字，请只写关键词"},
    )

    def __init__(self, *args: Any, counted: list[tuple[str, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["theme"] = forms.ChoiceField(
            label="主题",
            required=False,
            choices=[("", "全部主题"), *((theme, theme) for theme, _ in counted)],
            error_messages={"invalid_choice": "没有这个主题"},
        )
        self.order_fields(["theme", "audience", "mode"])


@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """What was found, a page of twenty. Four statements at most, whatever the rows."""
    form = SearchForm(request.GET, counted=themes())
    form.is_valid()
    asked = form.cleaned_data
    page = _page_number(request)
    found = find(
        asked.get("q", ""),
        theme=asked.get("theme"),
        audience=asked.get("audience"),
        mode=asked.get("mode"),
        limit=page * PAGE + 1,
    )
    shown = found.versions[(page - 1) * PAGE : page * PAGE]
    context = {
        "form": form,
        "q": request.GET.get("q", "")[:LONGEST],
        "rows": [row_of(version) for version in shown],
        "are_neighbours": found.are_neighbours,
        "is_filtered": any(asked.get(name) for name in ("theme", "audience", "mode")),
        "previous": _address(request, page - 1) if page > 1 else None,
        "next": _address(request, page + 1) if len(found) > page * PAGE else None,
        "shown": f"第 {page} 页",
        "clear_filters": f"?{urlencode({'q': asked.get('q', '')})}",
    }
    return render(request, "portal/matters.html", context)


def row_of(version: MatterVersion) -> dict[str, str]:
    """A matter as a list shows it. No statement."""
    matter = version.matter
    return {
        "slug": matter.slug,
        "name": matter.name,
        "theme": matter.theme,
        "department": matter.department.name,
        "audience": matter.audience,
        "mode": MODE_NAMES[version.mode],
        "mode_mark": mark_of(version.mode_certainty),
        "promise": promise_of(version.definition),
    }


def _page_number(request: HttpRequest) -> int:
    """The first page for whatever is no page of ours."""
    typed = request.GET.get("page", "")
    page = int(typed) if typed.isdecimal() and len(typed) < LONGEST_NUMBER else 1
    return page if 1 <= page <= LAST_PAGE else 1


def _address(request: HttpRequest, page: int) -> str:
    query = request.GET.copy()
    query["page"] = str(page)
    return f"?{query.urlencode()}"
