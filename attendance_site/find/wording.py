"""What the finder says of what it found, on its page and to whoever hears it."""

from django.utils.html import format_html

from attendance_site.find.queries import SearchResults
from registers.rules.wording import many

WHAT_TO_TYPE = (
    "A few letters of a pupil, a group, a page or a colleague. A pupil is found by a UPN and by "
    "earlier names, too."
)


def title(results: SearchResults) -> str:
    return f"{results.text}: find anything" if results.text else "find anything"


def said(results: SearchResults) -> str:
    """For whoever hears the list instead of seeing it."""
    return many(results.number, "result") if results.number else "Nothing is found"


def nothing(results: SearchResults) -> str:
    """Why there is no result, and what to try."""
    if results.is_too_short:
        return "Two letters, or more, of a name."
    return format_html(
        "Nothing that you may open has “<bdi>{}</bdi>” in its name. Fewer letters find more.",
        results.text,
    )


def lede(results: SearchResults) -> str:
    """Above the results, or in their place."""
    if not results.text:
        return WHAT_TO_TYPE
    if not results.kinds:
        return nothing(results)
    number = many(results.number, "result")
    return format_html("<strong>{}</strong> for “<bdi>{}</bdi>”.", number, results.text)
