"""Pages of both audiences: what anybody may open who may see the case it belongs to."""

from __future__ import annotations

import uuid

import structlog
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from tongban.accounts.actors import Actor

from .cleaning import PDF
from .uploads import path_of, readable_by

log = structlog.get_logger(__name__)

# Should a file be more than it seems: it runs nothing, loads nothing and is nobody's origin.
# The style is the browser's own, with which it shows a picture on a page.
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


@require_safe
def uploaded_file(request: HttpRequest, key: uuid.UUID) -> FileResponse:
    """A file somebody handed in; 404 for everybody who may not see it. `?save` downloads a picture.

    A PDF is always downloaded: browsers show none inside a sandbox. Two statements.
    """
    actor: Actor | None = request.actor if request.user.is_authenticated else None  # type: ignore[attr-defined]
    upload = readable_by(actor).filter(pk=key).first() if actor else None
    if upload is None:
        raise Http404
    try:
        file = path_of(upload.pk).open("rb")
    except FileNotFoundError:
        log.error("an upload has lost its file", upload=str(upload.pk))
        raise Http404 from None
    response = FileResponse(
        file,
        as_attachment=upload.content_type == PDF or "save" in request.GET,
        filename=upload.name,
        content_type=upload.content_type,
    )
    response["Content-Security-Policy"] = FILE_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
