"""The questions of a proposal, in words. No Django in this module."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from registers.exchange.map.dates import DMY, ORDERS, DateEvidence, readings
from registers.exchange.map.fields import LEAVE_OUT, TableColumn, choices
from registers.exchange.map.recipes import (
    FORENAME_FIRST,
    SURNAME_FIRST,
    alike_id,
    spoiled_id,
    word_id,
)
from registers.exchange.map.words import CHOICES, EMPTY, meaning
from registers.exchange.questions import Question
from registers.rules.allowed_codes import day_in_words
from registers.rules.pupils import year_groups

KINDS = {
    "pupils": "pupils: who is on roll",
    "contacts": "parents and other contacts",
    "marks": "marks of the attendance register",
    "groups": "groups and who is in them",
    "characteristics": "SEN, FSM, EAL or looked after, with dates",
    "staff": "colleagues",
    "calendar": "the sessions of the calendar",
    "terms": "dates of terms",
    "school": "the school’s own details",
}
YES, NO = "yes", "no"
MARKS, TERMS = "marks", "terms"  # what a calendar may be made of


def kind(ident: str, source: str, columns: Sequence[str], suggested: str | None) -> Question:
    said = ", ".join(filter(None, columns[:6]))
    return Question(
        ident,
        source,
        "the table",
        f"What does this table hold? Its columns are {said}.",
        ((LEAVE_OUT, "leave it out"), *KINDS.items()),
        suggested,
    )


def column(ident: str, source: str, column: TableColumn, of_kind: str) -> Question:
    words = f"What is the column “{column.heading}”?"
    if column.suggested and not column.field:
        words += f" It looks like “{column.suggested}”."
    suggested = column.field or column.suggested or LEAVE_OUT
    return Question(ident, source, column.heading, words, tuple(choices(of_kind)), suggested)


def needed(ident: str, source: str, name: str, headings: Iterable[TableColumn]) -> Question:
    named = tuple((one.plain, one.heading) for one in headings)
    return Question(ident, source, name, f"Which column is {_spoken(name)}?", named)


def _spoken(name: str) -> str:
    return {"Full name": "the pupil’s name", "Code": "the mark’s code"}.get(name, f"“{name}”")


def whose_names(ident: str, source: str) -> Question:
    return Question(
        ident,
        source,
        "names",
        "Whose names are in this table: the pupils’ or their contacts’?",
        (("contact", "the contacts’ (parents’)"), ("pupil", "the pupils’")),
    )


def name_order(ident: str, source: str, heading: str, sample: str) -> Question:
    first, last = sample.split()[0], sample.split()[-1]
    return Question(
        ident,
        source,
        heading,
        f"Which is the surname in “{sample}”?",
        ((FORENAME_FIRST, f"{last}: forename first"), (SURNAME_FIRST, f"{first}: surname first")),
    )


def date_order(ident: str, source: str, evidence: DateEvidence) -> Question:
    sample = readings(evidence.open)
    possible = {*sample, *evidence.only} if sample else set(ORDERS)
    named = {order: _order(order, sample.get(order)) for order in ORDERS if order in possible}
    suggested = DMY if DMY in named else None
    words = _which_order(evidence)
    return Question(ident, source, "dates", words, tuple(named.items()), suggested)


def _order(order: str, day: date | None) -> str:
    return ORDERS[order] if day is None else f"{ORDERS[order]}: {day_in_words(day)}"


def _which_order(evidence: DateEvidence) -> str:
    if len(evidence.only) < 2:
        return f"How does this file write dates? “{evidence.open}” can be read in two ways."
    one, other = list(evidence.only.values())[:2]
    return f"“{one}” and “{other}” are written in different orders. Which is the file’s?"


def serials(ident: str, source: str, text: str, day: date) -> Question:
    return Question(
        ident,
        source,
        "dates",
        f"“{text}” looks like a spreadsheet’s number for a day. Is it {day_in_words(day)}?",
        (
            ("1900", "yes: the usual count of spreadsheets"),
            ("1904", "no, four years and a day later: an old spreadsheet of a Mac"),
            (NO, "no, these are no dates: say that they are wrong"),
        ),
        "1900",
    )


def swapped(ident: str, source: str, heading: str) -> Question:
    return Question(
        ident,
        source,
        heading,
        f"In “{heading}” a spreadsheet seems to have taken days for months: every real date is of "
        "the 1st to 12th, and every later day is text. Put days and months back?",
        ((YES, "yes, swap day and month of the real dates"), (NO, "no, they are right")),
        YES,
    )


def word(name: str, text: str, times: int, source: str) -> Question:
    words = f"What is “{text}” in {name} ({_times(times)})?"
    if name == "Year group":
        named, taken = (*year_groups.choices(), EMPTY), year_groups.normalise(text)
    else:
        named, taken = CHOICES[name], meaning(name, text)
    return Question(word_id(name, text), source, name, words, named, taken)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def alike(name: str, spellings: Counter[str], source: str, chosen: str) -> list[Question]:
    """One question for each spelling but the likeliest: is it the same group?"""
    return [
        Question(
            alike_id(name, text),
            source,
            name,
            f"“{text}” ({_times(times)}) looks like “{chosen}”. Are they one group?",
            ((chosen, f"yes: {chosen}"), (text, f"no, {text} is another group")),
            chosen,
        )
        for text, times in spellings.items()
        if text != chosen and times
    ]


def spoiled_group(text: str, times: int, source: str) -> Question:
    return Question(
        spoiled_id(text),
        source,
        "group",
        f"“{text}” ({_times(times)}) stands for a group, and looks like a date that a spreadsheet "
        "made of its name. What is the group called?",
    )


def by_name(ident: str, source: str) -> Question:
    return Question(
        ident,
        source,
        "pupils",
        "The rows have no UPN and no admission number. May Rollbook find pupils by name (and date "
        "of birth, where it is there)? A name that two pupils have is refused.",
        ((YES, "yes, by name"), (NO, "no: refuse rows without a number")),
        YES,
    )


def same_for_all(ident: str, source: str, name: str, first: date | None, today: date) -> Question:
    """For a column that the table does not have: one value for all its rows."""
    if name == "From":
        named = _days_from(first, today)
        words = "Since when are the pupils in these groups? The table does not say."
    else:
        named = CHOICES[name]
        words = {
            "Kind": "What kind of groups are these? The table does not say.",
            "Role": "What are these colleagues in Rollbook? The table does not say.",
        }[name]
    suggested = {"Kind": "teaching", "Role": "teacher"}.get(name, named[0][0])
    return Question(ident, source, name, words, named, suggested)


def _days_from(first: date | None, today: date) -> tuple[tuple[str, str], ...]:
    named = [(today.isoformat(), f"{day_in_words(today)}, today")]
    if first is not None:
        named.insert(0, (first.isoformat(), f"{day_in_words(first)}, the first day of the year"))
    return tuple(named)


def entry(ident: str, source: str, first: date | None, today: date) -> Question:
    named = _days_from(first, today)
    return Question(
        ident,
        source,
        "Date of entry",
        "The file does not say since when its pupils are on roll. From which day for those who "
        "are new to Rollbook? Another day can be written as 2025-09-01.",
        named,
        named[0][0],
    )


def calendar(
    ident: str, source: str, span: tuple[date, date] | None, terms: str | None
) -> Question:
    """For a school without a calendar: made of the days of its marks, or of its dates of terms."""
    named = []
    if terms is not None:
        words = "every weekday of the terms but bank holidays; training days are taken out later"
        named.append((TERMS, f"{words} (from {terms})"))
    if span is not None:
        first, last = map(day_in_words, span)
        named.append((MARKS, f"the days that the marks are for, {first} to {last}"))
    named.append((NO, "none of these: I set the calendar up first, or bring calendar.csv"))
    return Question(
        ident,
        source,
        "calendar",
        "Rollbook has no calendar of this school. On which days did it meet?",
        tuple(named),
        named[0][0],
    )
