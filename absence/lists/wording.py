"""The sentences that open the list of pupils. No Django but for an emphasis."""

from django.utils.html import format_html

from absence.lists.listing import Summary
from registers.rules.wording import many


def opening(summary: Summary, *, than_before: str, near_words: str, own: bool) -> list[str]:
    """The answer; `own` where the list is of a teacher's own groups."""
    sentences = [
        over_sentence(summary, than_before=than_before, own=own),
        near_sentence(summary, near_words),
        together_sentence(summary),
    ]
    return [sentence for sentence in sentences if sentence]


def over_sentence(summary: Summary, *, than_before: str, own: bool) -> str:
    if not summary.pupils:
        return "Nobody was on roll on this day."
    pupils = many(summary.pupils, "pupil")
    if summary.pupils == summary.without_sessions:
        return f"{pupils} on roll, and no possible session yet."
    than = format_html(", <strong>{}</strong>", than_before) if than_before else ""
    whose = f"your {pupils}" if own else pupils
    if not summary.persistent:
        are = is_or_are(summary.pupils)
        return format_html(
            "<strong>None of {}</strong> {} persistently absent{}.", whose, are, than
        )
    return format_html(
        "<strong>{} of {}</strong> {} persistently absent{}{}.",
        f"{summary.persistent:,}",
        whose,
        is_or_are(summary.persistent),
        f", {summary.severe:,} of them severely" if summary.severe else "",
        than,
    )


def near_sentence(summary: Summary, near_words: str) -> str:
    if not summary.near:
        return ""
    more = "more " if summary.persistent else ""
    return f"{summary.near:,} {more}{is_or_are(summary.near)} within {near_words} of it."


def together_sentence(summary: Summary) -> str:
    tally = summary.tally
    if not tally.possible:
        return ""
    return (
        f"Together they missed {tally.absent:,} of {many(tally.possible, 'possible session')}: "
        f"attendance is {tally.attendance_rate}%."
    )


def is_or_are(number: int) -> str:
    return "is" if number == 1 else "are"
