"""What the page in the room shows of a panel: read for all its pupils at once, nothing written."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import FilteredRelation, Q, QuerySet

from absence.figures import school as figures
from absence.rules.measures import Tally
from interventions.figures.year_grid import GridWeek, year_grid
from interventions.models import Intervention, Panel, PanelCase
from interventions.packs import gather, read
from interventions.packs.files import PupilFile, SchoolYear
from interventions.rules.effects import Effect, effects, tallies_by_day
from interventions.rules.kinds import title_of
from registers.models import AcademicYear, Enrolment, School
from registers.rules.calendar import SessionKey
from registers.rules.codes import Half

LATEST_WEEKS = 6
LATEST_ACTIONS = 6

Spell = tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class Line:
    """A pupil in the running order, with the figures of the year."""

    case: PanelCase
    group: str
    tally: Tally
    needs_a_letter: bool

    @property
    def is_decided(self) -> bool:
        return self.case.decided_at is not None


@dataclass(frozen=True, slots=True)
class Done:
    """An action of the log, and what was missed before and after it."""

    action: Intervention
    title: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Child:
    """The pupil whom the panel looks at now."""

    line: Line
    sentences: Sequence[str]
    weeks: Sequence[GridWeek]
    day_names: Sequence[str]
    done: Sequence[Done]
    earlier: int  # actions before those shown
    withheld: int
    open_steps: Sequence[Intervention]
    logged: Intervention | None  # what stands in the log of this panel's decision


def cases_of(panel: Panel) -> list[PanelCase]:
    """One statement; those taken off come last."""
    cases = panel.cases.select_related(
        "enrolment__pupil", "letter", "decided_by", "withdrawn_by"
    ).order_by("at", "pk")
    return sorted(cases, key=lambda case: case.withdrawn_at is not None)


def lines_of(
    panel: Panel, cases: Sequence[PanelCase], year: AcademicYear | None, as_at: date
) -> list[Line]:
    """The running order with figures; two statements."""
    enrolments = [case.enrolment_id for case in cases]
    tallies = read.tallies(enrolments, year.starts_on, as_at) if year else {}
    groups = read.group_names(enrolments, as_at)
    return [
        Line(
            case,
            groups.get(case.enrolment_id, ""),
            tallies.get(case.enrolment_id, figures.NOTHING),
            says_otherwise(case, panel),
        )
        for case in cases
    ]


def says_otherwise(case: PanelCase, panel: Panel) -> bool:
    """Whether no letter tells the family of this meeting as it is now."""
    letter = case.letter
    if case.withdrawn_at is not None or case.decided_at is not None:
        return False
    if letter is None or letter.state == "dropped":
        return True
    told = {"on": panel.on.isoformat(), "at": f"{case.at:%H:%M}", "place": panel.place}
    return any(letter.details.get(name) != value for name, value in told.items())


def year_at(school: School, as_at: date) -> AcademicYear | None:
    try:
        return figures.academic_year_at(school, as_at)
    except figures.NoAcademicYearError:
        return None


def now_before(lines: Sequence[Line]) -> Line | None:
    """Who is next: the first in order on whom nothing is decided; else the first."""
    active = [line for line in lines if line.case.withdrawn_at is None]
    return next((line for line in active if not line.is_decided), active[0] if active else None)


def child_of(line: Line, year: AcademicYear | None, as_at: date) -> Child:
    """The child in a few sentences, six weeks, and the log. Three statements."""
    enrolment = line.case.enrolment
    pupil, amended = _file(line, year, as_at)
    calendar = _calendar(year, as_at)
    actions = list(
        Intervention.objects.filter(enrolment__pupil=enrolment.pupil_id)
        .select_related("own_kind", "made_by", "next_step_owner", "enrolment__school")
        .order_by("-done_on", "-pk")
    )
    open_ = [one for one in actions if not one.is_sensitive]
    logged = next((one for one in open_ if one.panel_case_id == line.case.pk), None)
    shown = [one for one in open_ if one is not logged]
    weeks, names = _weeks(pupil, calendar, amended) if calendar else ((), ())
    return Child(
        line=line,
        sentences=gather.opening(pupil, calendar) if calendar else ["There is no calendar yet."],
        weeks=weeks,
        day_names=names,
        done=_done(shown[:LATEST_ACTIONS], pupil, calendar),
        earlier=max(0, len(shown) - LATEST_ACTIONS),
        withheld=len(actions) - len(open_),
        open_steps=[
            one for one in shown if one.next_step_on is not None and one.next_step_done_at is None
        ],
        logged=logged,
    )


def _file(
    line: Line, year: AcademicYear | None, as_at: date
) -> tuple[PupilFile, Collection[SessionKey]]:
    """The pupil with the marks of the year, and which of them were changed."""
    enrolment = line.case.enrolment
    marks: dict[SessionKey, str] = {}
    amended: set[SessionKey] = set()
    spells: dict[Spell, None] = {}
    rows = _spells_and_marks(enrolment, year, as_at) if year else []
    for starts_on, leaves_on, on, half, symbol, version in rows:
        spells[starts_on, leaves_on] = None
        if on is None or on < starts_on or (leaves_on and on > leaves_on):
            continue
        marks[on, Half(half)] = symbol
        if version > 1:
            amended.add((on, Half(half)))
    pupil = enrolment.pupil
    found = PupilFile(
        enrolment_id=enrolment.pk,
        forename=pupil.forename,
        surname=pupil.surname,
        upn=pupil.upn,
        born_on=pupil.born_on,
        sex=pupil.sex,
        year_group="",
        group=line.group,
        tutors="",
        starts_on=enrolment.starts_on,
        leaves_on=enrolment.leaves_on,
        marks=marks,
        spells=tuple(spells),
    )
    return found, amended


def _spells_and_marks(enrolment: Enrolment, year: AcademicYear, as_at: date) -> QuerySet:
    """Every time on the roll of the pupil with its marks of the year; one without is there too."""
    of_year = FilteredRelation("marks", condition=Q(marks__date__range=(year.starts_on, as_at)))
    return (
        Enrolment.objects.not_void()
        .filter(pupil=enrolment.pupil_id)
        .annotate(made=of_year)
        .order_by("starts_on")
        .values_list(
            "starts_on", "leaves_on", "made__date", "made__half", "made__code", "made__version"
        )
    )


def _calendar(year: AcademicYear | None, as_at: date) -> SchoolYear | None:
    if year is None:
        return None
    return SchoolYear(
        school="",
        name=year.name,
        starts_on=year.starts_on,
        ends_on=year.ends_on,
        as_at=as_at,
        sessions=read.half_days(year),
    )


def _weeks(
    pupil: PupilFile, calendar: SchoolYear, amended: Collection[SessionKey]
) -> tuple[list[GridWeek], Sequence[str]]:
    terms = year_grid(
        sessions=calendar.sessions,
        marks=pupil.marks,
        begun=(calendar.as_at, Half.PM),
        on_roll=pupil.spells,
        amended=amended,
    )
    weeks = [week for term in terms for week in term.weeks if week.monday <= calendar.as_at]
    return weeks[-LATEST_WEEKS:], terms[0].day_names if terms else ()


def _done(
    actions: Sequence[Intervention], pupil: PupilFile, calendar: SchoolYear | None
) -> list[Done]:
    if calendar is None:
        return []
    found = effects(
        [one.done_on for one in actions],
        by_day=tallies_by_day((on, symbol) for (on, _), symbol in pupil.marks.items()),
        school_days=sorted({on for on, _ in gather.due_sessions(pupil, calendar)}),
    )
    return [
        Done(one, title_of(one.kind, one.own_kind.name if one.own_kind else ""), found[one.done_on])
        for one in actions
    ]
