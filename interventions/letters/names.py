"""Names as a letter's HTML: what is in another script is marked by its language and kept apart."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from interventions.letters.content.scripts import runs


def name_html(text: str, language: str = "") -> SafeString:
    """A name as HTML; `language` is the family's own, where it is known."""
    return format_html_join("", "{}", ((_piece(*run),) for run in runs(str(text), language or "")))


def _piece(text: str, tag: str | None) -> str:
    return format_html('<bdi lang="{}">{}</bdi>', tag, text) if tag else text
