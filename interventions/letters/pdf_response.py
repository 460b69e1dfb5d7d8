"""A letter's PDF as an answer to a browser."""

from django.http import HttpResponse


def as_pdf(pdf: bytes, *, name: str, to_keep: bool) -> HttpResponse:
    """No child's name in the file's name: it stays behind in a list of downloads."""
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'{"attachment" if to_keep else "inline"}; filename="{name}"',
            "Content-Security-Policy": "frame-ancestors 'self'",
            "X-Content-Type-Options": "nosniff",
        },
    )
