"""The service worker's script: at the top of the site, so that it may look after every page."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

SCRIPT = "js/service-worker.js"


@require_safe
@cache_control(no_cache=True)
def register_worker(request: HttpRequest) -> HttpResponse:
    """Open to all: it holds nobody's data, and a browser asks for it without a person."""
    found = finders.find(SCRIPT)
    if not isinstance(found, str):
        raise FileNotFoundError(SCRIPT)
    return HttpResponse(Path(found).read_bytes(), content_type="text/javascript")
