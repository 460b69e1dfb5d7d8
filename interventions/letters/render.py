"""A letter's context as a PDF: Django template, HTML, the press."""

from django.template.loader import render_to_string

from registers.documents.press import press

TEMPLATES = {"persistent_absence": "interventions/letters/persistent_absence.html"}


def render_letter(kind: str, context: dict) -> bytes:
    """The letter as a tagged PDF (PDF/UA-1) with its fonts inside.

    A letter that spills over to a second page, because of very long names for instance, is set
    once more as its context's `closer` says: smaller, with fewer dates.
    """
    pdf, pages = press().print(render_to_string(TEMPLATES[kind], context))
    if pages == 1:
        return pdf
    html = render_to_string(TEMPLATES[kind], context | context["closer"])
    closer, closer_pages = press().print(html)
    return closer if closer_pages < pages else pdf
