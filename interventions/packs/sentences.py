"""What a pack says of a pupil in sentences with figures. Only what is true is said. No Django here.

All counts are sessions (half days) and come from `absence.rules.pupil_year`.
"""

from collections.abc import Iterator

from absence.rules.pupil_year import PupilYear
from interventions.packs.files import PackYear, PupilFile
from interventions.packs.steps_and_weeks import numbered_steps
from interventions.rules import wording
from interventions.rules.wording import said_of
from registers.rules.tally import Tally
from registers.rules.wording import many, plural

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def in_words(number: int) -> str:
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def opening(pupil: PupilFile, year: PackYear) -> list[str]:
    """The child in two or three sentences with figures, for a page and for paper."""
    figures = pupil.figures_in(year)
    tally = figures.tally
    if not tally.possible:
        return [f"There is no possible session for {pupil.forename} in this year yet."]
    if not tally.absent:
        return [f"Missed none of {tally.possible} possible sessions."]
    return [f"{_missed(tally)}.", *_over_since(figures)]


def _over_since(figures: PupilYear) -> Iterator[str]:
    since = figures.persistent_since
    if since is not None:
        is_severe = figures.tally.severely_absent
        line = "Severely absent; over the line of a tenth" if is_severe else "Persistently absent"
        yield f"{line} since {wording.day_and_month(since)}."


def _missed(tally: Tally) -> str:
    said = f"Missed {tally.absent} of {tally.possible} possible sessions"
    if not tally.unauthorised:
        return f"{said}, all authorised"
    if not tally.authorised:
        return f"{said}, all unauthorised"
    return f"{said}, {tally.unauthorised} of them unauthorised"


def summary(pupil: PupilFile, year: PackYear) -> list[str]:
    """What the figures say, a paragraph each."""
    figures = pupil.figures_in(year)
    if not figures.tally.possible:
        return [
            f"There is no possible session for {pupil.forename} in this year yet, "
            "so there is nothing to add up."
        ]
    paragraphs = (
        _first_paragraph(pupil, figures.tally),
        _way_out(figures),
        _lateness(pupil, figures),
        _illness(figures),
        _unsettled(figures),
        _last_effect(pupil, year),
    )
    return list(filter(None, paragraphs))


def _first_paragraph(pupil: PupilFile, tally: Tally) -> str:
    before = pupil.last_year
    said = f"{pupil.forename} has missed {_how_many(tally)}."
    if not before.possible:
        return said
    return f"{said} In the whole of last year it was {before.absent} of {before.possible}."


def _how_many(tally: Tally) -> str:
    if not tally.absent:
        return f"none of {tally.possible} possible sessions"
    return (
        f"{tally.absent} of {tally.possible} possible sessions ({wording.days(tally.absent)}): "
        f"{tally.authorised} authorised, {tally.unauthorised} unauthorised"
    )


def _way_out(figures: PupilYear) -> str:
    since, spare = figures.persistent_since, figures.to_spare
    if since is None:
        return _under_the_line(spare)
    line = SEVERE if figures.tally.severely_absent else PERSISTENT
    first = f"That is {line}; over the line of a tenth since {wording.full_date(since)}."
    return f"{first} {_what_is_left(spare)}"


SEVERE = "severe absence (half or more of the possible sessions)"
PERSISTENT = "persistent absence (a tenth or more of the possible sessions)"


def _what_is_left(spare: int) -> str:
    """How a year that is over the line may still end."""
    if spare < 0:
        return "Whatever happens, the year will end over that line."
    if spare == 0:
        return "With no further absence, the year would still end under that line."
    return (
        f"With no more than {wording.days(spare)} of further absence, the year would still end "
        "under it."
    )


def _under_the_line(spare: int) -> str:
    if spare < 0:
        return ""
    more = said_of(wording.days, spare) or "no day"
    return (
        "That is under the line for persistent absence (a tenth). "
        f"{more[:1].upper()}{more[1:]} more can be missed before the end of the year without "
        "crossing it."
    )


def _lateness(pupil: PupilFile, figures: PupilYear) -> str:
    late = [
        words.format(_times(figures.by_code[code]))
        for code, words in LATE.items()
        if code in figures.by_code
    ]
    return f"{pupil.forename} came {' and '.join(late)}." if late else ""


LATE = {
    "L": "late before the register ended {}",
    "U": "after it had ended {}, which counts as unauthorised absence",
}


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{in_words(count)} times")


def _illness(figures: PupilYear) -> str:
    reasons = figures.spells_of_absence(wording.REASONS)
    ill = [spell.sessions for spell in reasons if spell.reason == wording.REASONS["I"]]
    if sum(ill) < 2:
        return ""
    if len(ill) == 1:
        return f"Illness accounts for {ill[0]} sessions, in one spell."
    return (
        f"Illness accounts for {sum(ill)} sessions in {in_words(len(ill))} spells, "
        f"the longest {wording.days(max(ill))}."
    )


def _unsettled(figures: PupilYear) -> str:
    open_ = figures.by_code.get("N", 0)
    if not open_:
        return ""
    sessions = plural(open_, "session", "sessions")
    return f"The reason for {in_words(open_)} missed {sessions} is not known yet (N)."


def _last_effect(pupil: PupilFile, year: PackYear) -> str:
    steps = [step for step in numbered_steps(pupil, year) if step.effect.says_something]
    if not steps:
        return ""
    last = steps[-1]
    return (
        "Around the last step with enough days on both sides "
        f"({last.what}, {wording.full_date(last.on)}): {_small(last.effect.words)}"
    )


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]


def unmarked(number: int) -> Iterator[str]:
    """How many sessions have no mark, where there is one."""
    if number:
        words = many(number, "session that was due has", "sessions that were due have")
        yield f"{words} no mark and {plural(number, 'is', 'are')} in no figure."


def left_out(notes: int) -> str:
    """Of one pupil; nothing where no note is kept from the pack."""
    if not notes:
        return ""
    return f"{many(notes, 'sensitive note is', 'sensitive notes are')} left out."


def never_in_a_pack(notes: int) -> str:
    """On the cover: that sensitive notes are left out, how many, and who can speak to them."""
    words = "Sensitive notes are never in a pack"
    if not notes:
        return f"{words}."
    return (
        f"{words}: {many(notes, 'note is', 'notes are')} left out, and the safeguarding lead can "
        f"speak to {plural(notes, 'it', 'them')}."
    )
