"""The figures and sentences of one pupil for a pack or a certificate. No Django here.

Plain values in, plain values out. All counts are sessions (half days); a percentage is rounded
once, where it is shown.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from absence.rules.measures import PERSISTENT, Tally, absences_left, rate
from interventions.figures.year_grid import Cell, CellState, GridTerm, year_grid
from interventions.letters.content.figures import spells
from interventions.letters.content.files import MarkOnDay
from interventions.packs.files import Changed, PupilFile, SchoolYear, Step
from interventions.rules import wording
from interventions.rules.effects import Effect, effects, tallies_by_day
from registers.rules.calendar import SessionKey, monday_of
from registers.rules.codes import CODES, Category, Code, Counts, Half

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EXTRACT_WEEKS = 10
MOST_STEPS = 24  # numbered on the chart; earlier ones stand in the chronology
NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def in_words(number: int) -> str:
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


# --- sums


def tally_of(symbols: Iterable[str]) -> Tally:
    codes = [CODES[symbol] for symbol in symbols if symbol in CODES]
    return Tally(
        attended=sum(code.attended for code in codes),
        authorised=sum(code.authorised for code in codes),
        unauthorised=sum(code.unauthorised for code in codes),
        late=sum(code.late for code in codes),
    )


@dataclass(frozen=True, slots=True)
class CodeLine:
    """Sessions with one code; `of_possible` in per cent, None where it is not possible."""

    symbol: str
    meaning: str
    counts: str
    sessions: int
    of_possible: str


@dataclass(frozen=True, slots=True)
class Sums:
    """How the sessions of a period add up, each sum behind the other."""

    due: int
    not_possible: int
    unmarked: int
    tally: Tally
    late_in_time: int
    codes: Sequence[CodeLine]
    absences: Sequence[CodeLine]

    @property
    def attendance(self) -> str:
        shown = self.tally.attendance_rate
        return "none possible" if shown is None else f"{shown}%"


def sums(pupil: PupilFile, year: SchoolYear) -> Sums:
    """Of the sessions due on roll; a mark outside the calendar counts where its code does."""
    counted = Counter(pupil.marks.values())
    tally = tally_of(pupil.marks.values())
    due = due_sessions(pupil, year)
    unmarked = sum(key not in pupil.marks for key in due)
    lines = [
        _line(code, counted[code.symbol], tally) for code in CODES.values() if _has(code, counted)
    ]
    absent = [
        line for line in lines if CODES[line.symbol].authorised or CODES[line.symbol].unauthorised
    ]
    return Sums(
        due=len(due),
        not_possible=sum(
            count
            for symbol, count in counted.items()
            if CODES[symbol].counts is Counts.NOT_POSSIBLE
            and CODES[symbol].category is not Category.OUTSIDE
        ),
        unmarked=unmarked,
        tally=tally,
        late_in_time=counted["L"],
        codes=lines,
        absences=absent,
    )


def _has(code: Code, counted: Counter[str]) -> bool:
    return bool(counted[code.symbol]) and code.category is not Category.OUTSIDE


def _line(code: Code, sessions: int, tally: Tally) -> CodeLine:
    share = rate(sessions, tally.possible) if code.possible else None
    return CodeLine(
        code.symbol,
        code.meaning,
        code.counts.value,
        sessions,
        "" if share is None else f"{share}%",
    )


def due_sessions(pupil: PupilFile, year: SchoolYear) -> list[SessionKey]:
    """The sessions that were due while the pupil was on roll, up to the last day that counts."""
    return [
        (session.date, Half(session.half))
        for session in year.sessions
        if session.is_open and pupil.is_on_roll(session.date) and session.date <= year.as_at
    ]


def to_spare(pupil: PupilFile, year: SchoolYear) -> int:
    """Sessions that can still be missed to end the year under the line of a tenth."""
    to_come = sum(
        session.is_open and session.date > year.as_at and pupil.is_on_roll(session.date)
        for session in year.sessions
    )
    now = tally_of(pupil.marks.values())
    return absences_left(PERSISTENT, now=now, possible_by_year_end=now.possible + to_come)


def persistent_since(pupil: PupilFile) -> date | None:
    """The day since which the pupil has been over the line without a break; None when under it."""
    attended = absent = 0
    since: date | None = None
    for key in sorted(pupil.marks):
        code = CODES[pupil.marks[key]]
        if not code.possible:
            continue
        attended, absent = attended + code.attended, absent + 1 - code.attended
        over = Tally(attended, absent, 0).persistently_absent
        since = (since or key[0]) if over else None
    return since


# --- the grid


@dataclass(frozen=True, slots=True)
class PaperCell:
    """One half day on paper: `first` is the original entry where it was changed."""

    shown: str
    css: str
    first: str = ""


@dataclass(frozen=True, slots=True)
class WeekRow:
    label: str
    cells: Sequence[PaperCell]
    tally: Tally


@dataclass(frozen=True, slots=True)
class BreakRow:
    label: str


def grid(pupil: PupilFile, year: SchoolYear) -> list[WeekRow | BreakRow]:
    """Every school week up to the last day that counts, and the holidays between them."""
    rows: list[WeekRow | BreakRow] = []
    for term in terms_of(pupil, year):
        weeks = [week for week in term.weeks if _is_within(week.monday, year)]
        rows += [
            _week(week.monday, [cell for day in week.days for cell in (day.morning, day.afternoon)])
            for week in weeks
        ]
        if rows and term.break_after and term.break_after[1] < year.as_at:
            rows.append(BreakRow(term.break_words))
    return rows


def _is_within(monday: date, year: SchoolYear) -> bool:
    return monday_of(year.starts_on) <= monday <= year.as_at


def terms_of(pupil: PupilFile, year: SchoolYear) -> list[GridTerm]:
    return year_grid(
        sessions=year.sessions,
        marks=pupil.marks,
        begun=(year.as_at, Half.PM),
        on_roll=[
            (max(starts_on, year.starts_on), min(leaves_on or year.ends_on, year.ends_on))
            for starts_on, leaves_on in pupil.spells or [(pupil.starts_on, pupil.leaves_on)]
        ],
        terms=year.terms,
        amended={(one.date, Half(one.half)) for one in pupil.amendments},
        closed_days=year.closed_days,
    )


def days_of(rows: Iterable[WeekRow | BreakRow]) -> Sequence[str]:
    """The days that a grid has columns for: Monday to Friday, unless the school meets later."""
    lengths = (len(row.cells) // 2 for row in rows if isinstance(row, WeekRow))
    return DAY_NAMES[: max(lengths, default=5)]


def _week(monday: date, cells: Sequence[Cell]) -> WeekRow:
    marks = [cell.symbol for cell in cells if cell.state is CellState.MARKED]
    return WeekRow(_short_day(monday), [_paper(cell) for cell in cells], tally_of(marks))


def _short_day(on: date) -> str:
    return f"{on.day}{wording.NBSP}{on:%b}"


def _paper(cell: Cell) -> PaperCell:
    monday = " p" if cell.half is Half.AM else ""
    if cell.state is CellState.MARKED:
        return PaperCell(cell.symbol, (css_of(CODES[cell.symbol]) + monday).strip())
    shown, css = {
        CellState.UNMARKED: ("–", "e"),
        CellState.CLOSED: ("#", "z"),
    }.get(cell.state, ("", "e"))
    return PaperCell(shown, (css + monday).strip())


def css_of(code: Code) -> str:
    """How a mark is drawn on paper; see the grammar in print.css."""
    if code.category is Category.OUTSIDE:
        return "z"
    if code.symbol == "N":
        return "n"
    if code.late:
        return "l" if code.attended else "u after"
    return {Counts.ATTENDED: "", Counts.AUTHORISED: "a", Counts.UNAUTHORISED: "u"}.get(
        code.counts, "x"
    )


def extract(pupil: PupilFile, year: SchoolYear, *, weeks: int = EXTRACT_WEEKS) -> list[WeekRow]:
    """The last school weeks with the first and the final entry of each mark that was changed."""
    first = first_entries(pupil)
    rows = [
        (week.monday, [cell for day in week.days for cell in (day.morning, day.afternoon)])
        for term in terms_of(pupil, year)
        for week in term.weeks
        if _is_within(week.monday, year)
    ]
    return [
        WeekRow(
            _short_day(monday),
            [_both(cell, first.get((cell.date, cell.half))) for cell in cells],
            tally_of(cell.symbol for cell in cells if cell.state is CellState.MARKED),
        )
        for monday, cells in rows[-weeks:]
    ]


def _both(cell: Cell, first: str | None) -> PaperCell:
    paper = _paper(cell)
    if first is None or cell.state is not CellState.MARKED:
        return paper
    return PaperCell(paper.shown, paper.css, first or "none")


def first_entries(pupil: PupilFile) -> dict[SessionKey, str]:
    """What was first entered for each session whose mark was changed; empty: entered late."""
    found: dict[SessionKey, str] = {}
    for one in pupil.amendments:  # in the order in which they were made
        if one.before != one.after:  # else the minutes alone
            found.setdefault((one.date, Half(one.half)), one.before)
    return found


# --- amendments


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One row of the list of amendments: a day's morning, afternoon, or both alike."""

    when: str
    before: str
    after: str
    reason: str
    at: str
    by: str


def change_lines(amendments: Iterable[Changed]) -> list[ChangeLine]:
    """Every amendment, in the order of the sessions; both halves of a day in one row where the
    same person changed them alike within a minute."""
    ordered = sorted(
        amendments, key=lambda one: (one.date, one.at.replace(second=0, microsecond=0), one.half)
    )
    grouped: list[list[Changed]] = []
    for one in ordered:
        if grouped and _alike(grouped[-1][-1], one):
            grouped[-1].append(one)
        else:
            grouped.append([one])
    return [_change_line(group) for group in grouped]


def _alike(a: Changed, b: Changed) -> bool:
    same_minute = a.at.replace(second=0, microsecond=0) == b.at.replace(second=0, microsecond=0)
    return (
        a.date == b.date
        and a.half != b.half
        and same_minute
        and _entry(a) == _entry(b)
        and (a.reason, a.by) == (b.reason, b.by)
    )


def _entry(one: Changed) -> tuple[str, str]:
    """Present in the morning and in the afternoon have a code each, and are one thing."""
    before, after = _before(one), _after(one)
    return "/" if before == "\\" else before, "/" if after == "\\" else after


def _before(one: Changed) -> str:
    return _in_words(one.before or "none", one.minutes_before)


def _after(one: Changed) -> str:
    return _in_words(one.after, one.minutes_after)


def _in_words(entry: str, minutes: int | None) -> str:
    return entry if minutes is None else f"{entry},\N{NO-BREAK SPACE}{minutes}\N{NO-BREAK SPACE}min"


def _change_line(group: Sequence[Changed]) -> ChangeLine:
    one = group[0]
    halves = ", ".join(Half(each.half).name for each in group)
    return ChangeLine(
        when=f"{_day(one.date)}, {halves}",
        before=" ".join(dict.fromkeys(map(_before, group))),
        after=" ".join(dict.fromkeys(map(_after, group))),
        reason=one.reason,
        at=moment(one.at),
        by=", ".join(part for part in (one.by, one.position) if part),
    )


def _day(on: date) -> str:
    return f"{on.day}{wording.NBSP}{on:%b}{wording.NBSP}{on.year}"


def moment(at: datetime) -> str:
    """A day and a time of the clock: 8 May 2026, 1.45pm."""
    return f"{_day(at.date())}, {clock(at)}"


def clock(at) -> str:
    """9am, 1.45pm: as letters say it. Takes a time or a datetime."""
    hour = at.hour % 12 or 12
    minutes = f".{at.minute:02}" if at.minute else ""
    return f"{hour}{minutes}{'am' if at.hour < 12 else 'pm'}"


# --- days of the week


@dataclass(frozen=True, slots=True)
class WeekdayLine:
    """Sessions missed in one half of each day of the week; none is marked: chance does that."""

    half: str
    missed: Sequence[int]


def weekday_lines(pupil: PupilFile, days_of_week: int = 5) -> list[WeekdayLine]:
    missed = Counter(
        (on.weekday(), half) for (on, half), symbol in pupil.marks.items() if _absent(symbol)
    )
    return [
        WeekdayLine(label, [missed[day, half] for day in range(days_of_week)])
        for label, half in (("Morning", Half.AM), ("Afternoon", Half.PM))
    ]


def _absent(symbol: str) -> bool:
    code = CODES[symbol]
    return bool(code.authorised or code.unauthorised)


# --- sentences


def opening(pupil: PupilFile, year: SchoolYear) -> list[str]:
    """The child in two or three sentences with figures, for a page and for paper."""
    tally = tally_of(pupil.marks.values())
    if not tally.possible:
        return [f"There is no possible session for {pupil.forename} in this year yet."]
    if not tally.absent:
        return [f"Missed none of {tally.possible} possible sessions."]
    found = [_missed(tally) + "."]
    since = persistent_since(pupil)
    if since is not None:
        line = (
            "Severely absent; over the line of a tenth"
            if tally.severely_absent
            else "Persistently absent"
        )
        found.append(f"{line} since {wording.day_and_month(since)}.")
    return found


def _missed(tally: Tally) -> str:
    said = f"Missed {tally.absent} of {tally.possible} possible sessions"
    if not tally.unauthorised:
        return f"{said}, all authorised"
    if not tally.authorised:
        return f"{said}, all unauthorised"
    return f"{said}, {tally.unauthorised} of them unauthorised"


def summary(pupil: PupilFile, year: SchoolYear) -> list[str]:
    """What the figures say, a paragraph each. Only what is true of this pupil is said."""
    tally = tally_of(pupil.marks.values())
    if not tally.possible:
        return [
            f"There is no possible session for {pupil.forename} in this year yet, "
            "so there is nothing to add up."
        ]
    return [
        part
        for part in (
            _first_paragraph(pupil, tally),
            _way_out(pupil, year, tally),
            _lateness(pupil, tally),
            _illness(pupil),
            _unsettled(pupil),
            _last_effect(pupil, year),
        )
        if part
    ]


def _first_paragraph(pupil: PupilFile, tally: Tally) -> str:
    said = (
        f"{pupil.forename} has missed {tally.absent} of {tally.possible} possible sessions "
        f"({wording.days(tally.absent)}): {tally.authorised} authorised, "
        f"{tally.unauthorised} unauthorised."
        if tally.absent
        else f"{pupil.forename} has missed none of {tally.possible} possible sessions."
    )
    if pupil.last_year and pupil.last_year.possible:
        before = pupil.last_year
        said += f" In the whole of last year it was {before.absent} of {before.possible}."
    return said


def _way_out(pupil: PupilFile, year: SchoolYear, tally: Tally) -> str:
    since = persistent_since(pupil)
    spare = to_spare(pupil, year)
    if since is None:
        return _under_the_line(spare)
    line = (
        "That is severe absence (half or more of the possible sessions)"
        if tally.severely_absent
        else "That is persistent absence (a tenth or more of the possible sessions)"
    )
    first = f"{line}; over the line of a tenth since {wording.full_date(since)}."
    if spare < 0:
        return f"{first} Whatever happens, the year will end over that line."
    if spare == 0:
        return f"{first} With no further absence, the year would still end under that line."
    return (
        f"{first} With no more than {wording.days(spare)} of further absence, "
        "the year would still end under it."
    )


def _under_the_line(spare: int) -> str:
    if spare < 0:
        return ""
    more = wording.days(spare) if spare else "no day"
    return (
        "That is under the line for persistent absence (a tenth). "
        f"{more[:1].upper()}{more[1:]} more can be missed before the end of the year without "
        "crossing it."
    )


def _lateness(pupil: PupilFile, tally: Tally) -> str:
    counted = Counter(pupil.marks.values())
    before, after = counted["L"], counted["U"]
    if not before and not after:
        return ""
    said = []
    if before:
        said.append(f"late before the register ended {_times(before)}")
    if after:
        said.append(f"after it had ended {_times(after)}, which counts as unauthorised absence")
    return f"{pupil.forename} came {' and '.join(said)}."


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{in_words(count)} times")


def _illness(pupil: PupilFile) -> str:
    found = [one for one in spells(_as_counted(pupil)) if one["reason"] == wording.REASONS["I"]]
    sessions = sum(one["sessions"] for one in found)
    if sessions < 2:
        return ""
    longest = wording.days(max(one["sessions"] for one in found))
    if len(found) == 1:
        return f"Illness accounts for {sessions} sessions, in one spell."
    return (
        f"Illness accounts for {sessions} sessions in {in_words(len(found))} spells, "
        f"the longest {longest}."
    )


def _as_counted(pupil: PupilFile) -> list[tuple[MarkOnDay, Code]]:
    return [
        (MarkOnDay(key[0], int(key[1]), pupil.marks[key]), CODES[pupil.marks[key]])
        for key in sorted(pupil.marks)
    ]


def _unsettled(pupil: PupilFile) -> str:
    open_ = Counter(pupil.marks.values())["N"]
    if not open_:
        return ""
    sessions = "session" if open_ == 1 else "sessions"
    return f"The reason for {in_words(open_)} missed {sessions} is not known yet (N)."


def _last_effect(pupil: PupilFile, year: SchoolYear) -> str:
    lines = [
        line
        for line in step_lines(pupil, year)
        if line.effect.is_known and not line.effect.is_early
    ]
    if not lines:
        return ""
    last = lines[-1]
    return (
        "Around the last step with enough days on both sides "
        f"({last.what}, {wording.full_date(last.on)}): {_small(last.effect.words)}"
    )


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]


# --- week by week


@dataclass(frozen=True, slots=True)
class TrendWeek:
    """One school week: sessions missed, and what the year group missed in it for each pupil."""

    monday: date
    authorised: int
    unauthorised: int
    possible: int
    of_year_group: float | None

    @property
    def missed(self) -> int:
        return self.authorised + self.unauthorised


def trend(pupil: PupilFile, year: SchoolYear) -> list[TrendWeek]:
    """The school weeks of the year up to the last day that counts, in order."""
    mondays = sorted(
        {
            monday_of(session.date)
            for session in year.sessions
            if session.date <= year.as_at and session.is_open
        }
    )
    by_week: dict[date, list[str]] = {monday: [] for monday in mondays}
    for (on, _), symbol in pupil.marks.items():
        by_week.setdefault(monday_of(on), []).append(symbol)
    others = year.missed_by_year_group.get(pupil.year_group, {})
    weeks = []
    for monday in sorted(by_week):
        tally = tally_of(by_week[monday])
        missed, pupils = others.get(monday, (0, 0))
        weeks.append(
            TrendWeek(
                monday,
                tally.authorised,
                tally.unauthorised,
                tally.possible,
                missed / pupils if pupils else None,
            )
        )
    return weeks


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step that the chart numbers, with what was missed before it and after."""

    number: int
    on: date
    what: str
    effect: Effect


def step_lines(pupil: PupilFile, year: SchoolYear) -> list[StepLine]:
    """The latest steps up to the last day that counts, numbered in order."""
    chosen = [
        step
        for step in in_order(pupil.steps)
        if step.marks_the_trend and year.starts_on <= step.on <= year.as_at
    ][-MOST_STEPS:]
    found = effects(
        [step.on for step in chosen],
        by_day=tallies_by_day((on, symbol) for (on, _), symbol in pupil.marks.items()),
        school_days=sorted({on for on, _ in due_sessions(pupil, year)}),
    )
    return [
        StepLine(number, step.on, step.what, found[step.on])
        for number, step in enumerate(chosen, start=1)
    ]


def in_order(steps: Iterable[Step]) -> list[Step]:
    return sorted(steps, key=lambda step: step.on)
