"""Which of the figures that a letter states have moved since it was drawn. No Django here.

A figure is stated where another value of it would change what the letter says: that is tried, with
the letter's own words, rather than written down in a list that a school's own words could outdate.
So a calendar that gets a session moves no letter but those that say how many days are to spare.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from interventions.rules import wording

OF_THE_YEAR_GROUP = "year_median"  # moves with the marks of others
Say = Callable[[dict], str]  # figures -> all that the letter says of them

# Counts (sessions) and words first: they are said with both values, the others by their name.
COUNTS: Mapping[str, str] = {
    "missed": "sessions missed",
    "possible": "possible sessions",
    "attended": "sessions attended",
    "authorised": "authorised sessions",
    "unauthorised": "unauthorised sessions",
    "not_counted": "sessions that could not count",
    "to_spare": "sessions to spare",
    "possible_by_year_end": "possible sessions of the year",
    OF_THE_YEAR_GROUP: "sessions that half of the year group missed",
    "year_group": "year group",
    "registration_group": "registration group",
}
DAYS: Mapping[str, str] = {
    "first_on": "first day",
    "as_at": "last day",
    "year_ends_on": "last day of the year",
}
OTHERS: Mapping[str, str] = {
    "spells": "the dates of the absences",
    "days": "the calendar of the days missed",
    "weeks": "the school weeks",
    "missed_by_code": "the reasons",
    "recent": "the last weeks",
    "persistently_absent": "whether absence is persistent",
    "severely_absent": "whether absence is severe",
    "year_is_over": "whether the year is over",
}

IN_ORDER = [*COUNTS, *DAYS, *OTHERS]


@dataclass(frozen=True, slots=True)
class MovedFigure:
    """A figure of a letter that is another now: its key, and what it was and is in words."""

    key: str
    words: str


def moved_figures(kept: dict, now: dict, say: Say) -> list[MovedFigure]:
    """The figures that the letter states and that are others now; nothing where it may go out.

    `kept` are those that it was drawn with. Only what was kept is compared: a letter from before a
    figure was added has not moved.
    """
    fresh = {key: now.get(key) for key in kept}
    if _is_still_true(kept.get(OF_THE_YEAR_GROUP), now.get(OF_THE_YEAR_GROUP)):
        fresh[OF_THE_YEAR_GROUP] = kept.get(OF_THE_YEAR_GROUP)
    if fresh == kept:
        return []
    said = say(kept)
    if say(fresh) == said:
        return []
    others = sorted((key for key, value in kept.items() if fresh[key] != value), key=_place)
    alone = [key for key in others if say(kept | {key: fresh[key]}) != said]
    return [MovedFigure(key, _in_words(key, kept[key], fresh[key])) for key in alone or others]


def in_a_sentence(moved: Collection[MovedFigure]) -> str:
    """ "Possible sessions 82, now 84; sessions to spare 3, now 4." The counts, else the others."""
    counts = [one.words for one in moved if one.key not in OTHERS]
    words = "; ".join(counts or [one.words for one in moved])
    return f"{words[:1].upper()}{words[1:]}."


def _place(key: str) -> tuple[int, str]:
    """As they are listed above: a database may give the keys in an order of its own."""
    return (IN_ORDER.index(key) if key in IN_ORDER else len(IN_ORDER), key)


def _is_still_true(kept: int | None, now: int | None) -> bool:
    """Half of the pupils have missed so many sessions or fewer: that holds when they miss fewer.

    Without a number nothing was said of the year group.
    """
    return kept is None or (now is not None and now <= kept)


def _in_words(key: str, before: object, after: object) -> str:
    if key in COUNTS:
        return f"{COUNTS[key]} {_shown(before)}, now {_shown(after)}"
    if key in DAYS:
        return f"{DAYS[key]} {_day(before)}, now {_day(after)}"
    return OTHERS.get(key, key.replace("_", " "))


def _shown(value: object) -> str:
    return "none" if value in (None, "") else str(value)


def _day(value: object) -> str:
    return wording.full_date(date.fromisoformat(str(value))) if value else "none"
