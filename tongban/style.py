"""The pattern book at /style/: every part of a page; in the demonstration only."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tongban import style_samples


def style(request: HttpRequest) -> HttpResponse:
    """All parts on one page; ``?dense=1`` as a desk shows them."""
    if not settings.DEMONSTRATION:
        raise Http404
    context = style_samples.samples()
    return render(request, "style/index.html", context | {"dense": "dense" in request.GET})
