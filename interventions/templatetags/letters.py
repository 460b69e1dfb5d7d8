"""How a letter writes what schools and families have typed."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from interventions.letters.scripts import runs

register = template.Library()


@register.filter
def written(text: str, language: str = "") -> SafeString:
    """A name, with what is in another script marked by its language and kept apart.

    `language` is the family's own, where it is known.
    """
    return format_html_join("", "{}", ((_piece(*run),) for run in runs(str(text), language or "")))


def _piece(text: str, tag: str | None) -> str:
    return format_html('<bdi lang="{}">{}</bdi>', tag, text) if tag else text
