"""The words of a letter with merge fields: read, checked, filled. No Django here.

A school may write its letters itself, in HTML of a few tags and with fields of a list, such as
`{{pupil.first_name}}`. This is no programming language: a field stands for words, and that is all.
A sentence that is not true for a pupil is an empty field, and what is empty is left out with its
paragraph. A block (a table, a chart) stands in a paragraph of its own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from html.parser import HTMLParser
from itertools import filterfalse

import nh3

from interventions.rules.letter_kinds import GOING_WELL, KINDS

TAGS = ("p", "h2", "ul", "ol", "li", "strong", "em", "br")
BLOCK_TAGS = ("p", "h2", "ul", "ol", "li")
MOST_CHARACTERS = 8_000
FIELD = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
ALONE = re.compile(r"<p>\s*(\{\{\s*([^{}]*?)\s*\}\})\s*</p>")
EMPTY = re.compile(r"<(p|li|h2|strong|em)>(\s|&nbsp;|<br>)*</\1>")
EMPTY_LIST = re.compile(r"<(ul|ol)>\s*</\1>")


class WrongWordsError(ValueError):
    """A text that cannot be a letter; `problems` say what is wrong, each fit to show."""

    def __init__(self, problems: Sequence[str]):
        super().__init__(" ".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Field:
    """A merge field: what it stands for, and an example of it."""

    name: str
    about: str
    is_block: bool = False
    only: frozenset[str] | None = None  # the kinds that have it

    @property
    def tag(self) -> str:
        """As it is written in the words of a letter."""
        return f"{{{{{self.name}}}}}"


MEETINGS = frozenset(kind.key for kind in KINDS.values() if kind.is_meeting)
GOOD_NEWS = frozenset({GOING_WELL})

FIELDS: tuple[Field, ...] = (
    # --- people and places
    Field("pupil.first_name", "Siyuan"),
    Field("pupil.full_name", "Siyuan Chen"),
    Field("pupil.group", "10S"),
    Field("pupil.year", "Year 10"),
    Field("pupil.they", "she, he or they"),
    Field("pupil.They", "She, He or They, to begin a sentence"),
    Field("pupil.their", "her, his or their"),
    Field("pupil.Their", "Her, His or Their"),
    Field("pupil.think", "thinks, or think after “they”"),
    Field("recipient.name", "Ms Meiling Chen, as the letter greets her"),
    Field("school.name", "the school’s name"),
    Field("school.headteacher", "the headteacher’s name"),
    Field("school.telephone", "the school’s telephone number"),
    Field("school.email", "the school’s e-mail address"),
    Field("letter.date", "23 November 2026"),
    Field("letter.reference", "the letter’s reference"),
    # --- the figures
    Field("missed", "12 days"),
    Field("missed_of", "12 of the 52 school days"),
    Field("since", "3 September"),
    Field("period", "from 3 September to 20 November"),
    Field("to_spare", "6½ days; empty once the line is crossed for the year"),
    Field("year_end", "20 July"),
    # --- whole sentences, each empty where it would not be true
    Field("comparison", "Half of the pupils in Year 10 have missed 2 days or fewer."),
    Field("thanks", "Most of these days were for illness; where you let us know, thank you."),
    Field("open_reasons", "If you know a reason that we do not, please still tell us."),
    Field("ask_reasons", "Tell us the reason for 5 and 19 October, even if it seems late. …"),
    Field("call_that_morning", "When Siyuan cannot come, call us that morning on …"),
    Field("no_need", "You need do nothing about the days for which you told us the reason."),
    Field("way_out", "There is time to turn this round. If Siyuan misses no more than …"),
    Field("summary", "Siyuan has missed 12 days since 3 September. For 1½ days of these …"),
    Field("what_we_ask", "what gets in the way, what he thinks and what would help"),
    Field("how_to_reply", "Please call 01632 960417 or write to …, ready to go on"),
    # --- an invitation, and words written by hand
    Field("meeting.when", "on Thursday 10 December at 2.40pm, for 30 minutes", only=MEETINGS),
    Field("meeting.place", "the Garden Room", only=MEETINGS),
    Field("meeting.people", "You will meet Ms Priya Raman and Mr Daniel Osei.", only=MEETINGS),
    Field("meeting.reply", "Please tell us by Tuesday 1 December if you can come …", only=MEETINGS),
    Field("last_weeks", "Siyuan has missed half a day in the last 20 school days.", only=GOOD_NEWS),
    Field("weeks_before", "In the 32 school days before that, he missed …", only=GOOD_NEWS),
    # --- blocks
    Field("chart_and_dates", "the bars and the way out beside the days missed", is_block=True),
    Field("calendar_and_dates", "the calendar beside the days missed", is_block=True),
    Field("calendar_and_summary", "the calendar beside the summary", is_block=True),
    Field("dates", "the table of the days missed", is_block=True),
    Field("chart", "the bars: the pupil and half of the year group", is_block=True),
    Field("calendar", "the calendar of the last school weeks", is_block=True),
    Field("weeks", "a bar for each school week", is_block=True),
    Field("law", "the law in two sentences; not for Years 12 to 14", is_block=True),
    Field("own_words", "the words that were added to this letter by hand", is_block=True),
)
# Fields that a school's kept words may still have: they are empty, and nobody can write them anew.
TAKEN_OUT: Mapping[str, str] = {
    "pattern": "it named weekdays as a pattern that chance makes as often",
}
BY_NAME = {field.name: field for field in FIELDS}


def is_block(name: str) -> bool:
    """Whether there is a block of this name: it takes a paragraph of its own."""
    return name in BY_NAME and BY_NAME[name].is_block


def fields_of(kind: str) -> list[Field]:
    """The fields that a letter of this kind may use."""
    return [field for field in FIELDS if field.only is None or kind in field.only]


# --- reading what was typed


class _Tags(HTMLParser):
    """Collects what a letter may not hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.tags.append(tag)
        self.attributes += [f"{name} on <{tag}>" for name, _ in attrs if tag in TAGS]


def read_words(kind: str, subject: str, body: str) -> tuple[str, str]:
    """The subject and body as they are kept. Raises WrongWordsError with all that is wrong."""
    subject = " ".join(subject.split())
    problems = list(_wrong_subject(kind, subject)) + list(_wrong_body(kind, body))
    if problems:
        raise WrongWordsError(problems)
    return subject, clean(with_paragraphs(body))


def wrong_in_subject(kind: str, subject: str) -> list[str]:
    return list(_wrong_subject(kind, " ".join(subject.split())))


def wrong_in_body(kind: str, body: str) -> list[str]:
    return list(_wrong_body(kind, body))


def _wrong_subject(kind: str, subject: str) -> Iterator[str]:
    if not subject:
        yield "Write a heading"
    if "<" in subject:
        yield "The heading is plain words and fields: take the tags out of it"
    yield from _wrong_fields(kind, subject)
    for name in filter(is_block, _names(subject)):
        yield f"{{{{{name}}}}} is a block and cannot stand in the heading"


def _wrong_body(kind: str, body: str) -> Iterator[str]:
    if not body.strip():
        yield "Write the letter"
    if len(body) > MOST_CHARACTERS:
        yield f"The letter has {len(body):,} characters; a page holds far under {MOST_CHARACTERS:,}"
    tags = _Tags()
    tags.feed(body)
    tags.close()
    for tag in dict.fromkeys(tags.tags):
        yield f"A letter cannot hold <{tag}>: take it out"
    for attribute in dict.fromkeys(tags.attributes):
        yield f"Tags stand without anything in them here: take out {attribute}"
    yield from _wrong_fields(kind, body)
    yield from _blocks_among_words(body)


def _wrong_fields(kind: str, text: str) -> Iterator[str]:
    names = [field.name for field in fields_of(kind)]
    for name in dict.fromkeys(filterfalse(names.__contains__, _names(text))):
        yield _why_no_field(name, names)
    rest = FIELD.sub("", text)
    if "{{" in rest or "}}" in rest:
        yield "A field begins with {{ and ends with }}: one of them has no partner"


def _why_no_field(name: str, names: Sequence[str]) -> str:
    """Why a letter cannot have this field; `names` are those that it can have."""
    if name in TAKEN_OUT:
        return f"{{{{{name}}}}} was taken out of letters, since {TAKEN_OUT[name]}: take it out"
    if name in BY_NAME:
        return f"{{{{{name}}}}} belongs to other letters: this kind does not have it"
    by_lower = {known.lower(): known for known in reversed(names)}
    near = get_close_matches(name.lower(), map(str.lower, names), n=1, cutoff=0.4)
    if not near:
        return f"There is no field {{{{{name}}}}}: choose one of the list"
    return f"There is no field {{{{{name}}}}}. Did you mean {{{{{by_lower[near[0]]}}}}}?"


def _names(text: str) -> list[str]:
    return FIELD.findall(text)


def _blocks_among_words(body: str) -> Iterator[str]:
    rest = ALONE.sub("", clean(with_paragraphs(body)))
    for name in dict.fromkeys(filter(is_block, _names(rest))):
        yield f"{{{{{name}}}}} is a block: put it in a paragraph of its own"


def with_paragraphs(body: str) -> str:
    """Words typed without tags: what stands between blank lines is a paragraph."""
    if re.search(rf"<({'|'.join(BLOCK_TAGS)})\b", body, re.IGNORECASE):
        return body
    pieces = re.split(r"\n\s*\n", body.replace("\r\n", "\n").strip())
    return "\n".join(f"<p>{' '.join(piece.split())}</p>" for piece in pieces if piece.strip())


def clean(body: str) -> str:
    """Only the tags of the list, and nothing in them: no address, no style, no script."""
    return nh3.clean(body, tags=set(TAGS), attributes={}, link_rel=None).strip()


# --- filling


def fill_line(text: str, values: Mapping[str, str]) -> str:
    """A line of plain words with its fields. `values` are safe HTML already; words are escaped."""
    return " ".join(_filled(escape(text, quote=False), values).split())


def fill(body: str, values: Mapping[str, str]) -> str:
    """The letter's HTML: cleaned, filled, and without what is empty. `values` are safe HTML."""
    html = _filled(ALONE.sub(_unwrapped, clean(body)), values)
    before = None
    while before != html:
        before = html
        html = EMPTY_LIST.sub("", EMPTY.sub("", html))
    return html.replace("<p>", '<p class="lead">', 1)


def _unwrapped(paragraph: re.Match[str]) -> str:
    """A block takes the place of its paragraph; a sentence stays in it."""
    return paragraph.group(1) if is_block(paragraph.group(2)) else paragraph.group(0)


def _filled(html: str, values: Mapping[str, str]) -> str:
    """Raises KeyError for a field that the letter does not have: that is checked on saving."""
    return FIELD.sub(lambda found: "" if found[1] in TAKEN_OUT else values[found[1]], html)
