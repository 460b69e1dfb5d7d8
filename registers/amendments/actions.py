"""One code over a range of sessions of one pupil: looked at first, then written all at once."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import starmap

from registers.amendments.code_range import (
    CurrentMark,
    HalfDay,
    MarksWanted,
    RangeSession,
    RangeState,
    between,
    lines_of,
)
from registers.marks.actions.amend import NOT_BEGUN, amend_marks
from registers.marks.changes import MarkChange, MarkKey, WriteResult
from registers.models import Enrolment, Mark, School, Session
from registers.models.school.staff import User
from registers.rules import allowed_codes
from registers.rules.clock import register_window
from registers.rules.codes import Half

LONGEST = timedelta(days=366)


def lines_in_range(
    *,
    school: School,
    spells: Collection[Enrolment],
    symbol: str,
    first: HalfDay,
    last: HalfDay,
    which: MarksWanted,
    now: datetime,
) -> list[tuple[int, RangeSession]]:
    """What the code would do, session by session, each with the spell on the roll it belongs to.

    `spells` are those of one pupil, each with its pupil. Two statements, however long the range.
    """
    days = (first.date, last.date)
    held = Session.objects.filter(school=school, is_open=True, date__range=days)
    sessions = between(starmap(HalfDay, held.values_list("date", "half")), first, last)
    marks = _marks(spells, days)
    lines = []
    for session in sessions:
        spell = _spell_on(spells, session.date)
        (line,) = lines_of(
            [session],
            marks[spell.pk],
            symbol=symbol,
            which=which,
            why_not=_rule(school, spell, now),
        )
        lines.append((spell.pk, line))
    return lines


def _marks(
    spells: Iterable[Enrolment], days: tuple[date, date]
) -> Mapping[int, Mapping[HalfDay, CurrentMark]]:
    marks: dict[int, dict[HalfDay, CurrentMark]] = defaultdict(dict)
    rows = Mark.objects.filter(enrolment__in=spells, date__range=days)
    for pk, on, half, code, version in rows.values_list(
        "enrolment_id", "date", "half", "code_id", "version"
    ):
        marks[pk][HalfDay(on, half)] = CurrentMark(code, version)
    return marks


def _spell_on(spells: Collection[Enrolment], on: date) -> Enrolment:
    """The spell that covers the day, else the latest: then the rules say why it cannot be."""
    ordered = sorted(spells, key=lambda spell: spell.starts_on)
    covering = (spell for spell in reversed(ordered) if spell.is_on_roll(on))
    return next(covering, ordered[-1])


def _rule(school: School, spell: Enrolment, now: datetime) -> Callable[[str, HalfDay], str | None]:
    facts = allowed_codes.PupilFacts(spell.pupil.born_on, spell.starts_on, spell.leaves_on)

    def why_not(symbol: str, session: HalfDay) -> str | None:
        window = register_window(school, session.date, session.half)
        if session.date == now.date() and not window.has_opened(now):
            return NOT_BEGUN
        half_day = allowed_codes.SessionFacts(session.date, Half(session.half), True)
        return allowed_codes.why_not(symbol, pupil=facts, session=half_day, today=now.date())

    return why_not


def amend_range(
    *,
    school: School,
    lines: Collection[tuple[int, RangeSession]],
    reason: str,
    by: User,
    now: datetime,
    paper: str = "",
) -> WriteResult:
    """Write the lines that change, exactly as they were shown: all of them, or none. `paper` is
    what was written down beside a code that needs one.

    Raises Refused, and StaleMarksError where a mark has changed since it was shown.
    """
    changes = [
        MarkChange(MarkKey(spell, *line.session), line.after, line.seen, reason=reason, paper=paper)
        for spell, line in lines
        if line.state is RangeState.CHANGES
    ]
    return amend_marks(school=school, changes=changes, by=by, now=now)
