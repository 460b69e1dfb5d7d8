"""What a device asks for when somebody puts Rollbook beside its apps."""

from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

DAY = 86_400  # seconds
PAPER = "#ffffff"
PICTURES = {192: "img/rollbook-192.png", 512: "img/rollbook-512.png"}  # by pixels across


@require_safe
@cache_control(max_age=DAY)
def manifest(request: HttpRequest) -> JsonResponse:
    """Open to all: a browser asks for it without a person.

    `minimal-ui` keeps the way back and the reload that a page in a browser has.
    """
    icons = [
        {"src": static(name), "sizes": f"{pixels}x{pixels}", "type": "image/png", "purpose": use}
        for pixels, name in PICTURES.items()
        for use in ("any", "maskable")
    ]
    return JsonResponse(
        {
            "id": "/",
            "name": "Rollbook",
            "short_name": "Rollbook",
            "description": "Registers and attendance",
            "lang": "en-GB",
            "start_url": "/",
            "scope": "/",
            "display": "minimal-ui",
            "background_color": PAPER,
            "theme_color": PAPER,
            "icons": icons,
        },
        content_type="application/manifest+json",
    )
