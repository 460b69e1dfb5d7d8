"""What the page in the room shows of a panel: read for all its pupils at once, nothing written."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, filterfalse
from operator import attrgetter

from django.db.models import FilteredRelation, Q, QuerySet

from absence.figures.calendar import calendar_of, with_sessions
from absence.figures.pupil_years import tallies_of_pupils
from absence.rules.effects import Effect
from absence.rules.year_grid import GridWeek, year_grid
from interventions.models import Intervention, Panel, PanelCase
from interventions.packs.files import PackYear, PupilFile, SchoolYear
from interventions.packs.people import group_names
from interventions.packs.sentences import opening
from interventions.panels.invitations import InvitationState, invitation_state
from registers.models import Enrolment, Pupil, School
from registers.rules.calendar import SessionKey
from registers.rules.codes import Half
from registers.rules.tally import NOTHING, Tally

LATEST_WEEKS = 6
LATEST_ACTIONS = 6
NO_CALENDAR = "There is no calendar yet."

Spell = tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class ScheduledCase:
    """A pupil in the running order, with the figures of the year."""

    case: PanelCase
    group: str
    tally: Tally
    invitation: InvitationState

    @property
    def pupil(self) -> Pupil:
        return self.case.enrolment.pupil


@dataclass(frozen=True, slots=True)
class ActionWithEffect:
    """An action of the log, and what was missed before and after it."""

    action: Intervention
    title: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class PupilBeforePanel:
    """The pupil whom the panel looks at now."""

    scheduled: ScheduledCase
    sentences: Sequence[str]
    weeks: Sequence[GridWeek]
    day_names: Sequence[str]
    done: Sequence[ActionWithEffect]
    earlier: int  # actions before those shown
    withheld: int
    open_steps: Sequence[Intervention]
    logged: Intervention | None  # what stands in the log of this panel's decision

    @property
    def first_sentence(self) -> str:
        return self.sentences[0]

    @property
    def further_sentences(self) -> str:
        return " ".join(self.sentences[1:])


def cases_of(panel: Panel) -> list[PanelCase]:
    """One statement; those taken off come last."""
    cases = panel.cases.select_related(
        "enrolment__pupil", "letter", "decided_by", "withdrawn_by"
    ).order_by("at", "pk")
    return sorted(cases, key=attrgetter("is_withdrawn"))


def running_order(
    panel: Panel, cases: Sequence[PanelCase], year: SchoolYear | None, as_at: date
) -> list[ScheduledCase]:
    """The running order with figures; two statements."""
    enrolments = [case.enrolment_id for case in cases]
    pupils = [case.enrolment.pupil_id for case in cases]
    tallies = tallies_of_pupils(pupils, year.starts_on, as_at) if year else {}
    groups = group_names(enrolments, as_at)
    return [
        ScheduledCase(
            case,
            groups.get(case.enrolment_id, ""),
            tallies.get(case.enrolment.pupil_id, NOTHING),
            invitation_state(case, panel),
        )
        for case in cases
    ]


def year_at(school: School, as_at: date) -> SchoolYear | None:
    """One statement; without its sessions."""
    return calendar_of(school).latest_by(as_at)


def next_case(scheduled: Sequence[ScheduledCase]) -> ScheduledCase | None:
    """The first in order on whom nothing is decided; else the first."""
    active = list(filterfalse(attrgetter("case.is_withdrawn"), scheduled))
    undecided = filterfalse(attrgetter("case.is_decided"), active)
    return next(chain(undecided, active), None)


def pupil_before_panel(
    scheduled: ScheduledCase, year: SchoolYear | None, as_at: date
) -> PupilBeforePanel:
    """The child in a few sentences, six weeks, and the log. Three statements."""
    pupil, amended = _file(scheduled, year, as_at)
    calendar = _calendar(scheduled.case.enrolment.school_id, year, as_at)
    actions = _actions_of(scheduled)
    readable = list(filterfalse(attrgetter("is_sensitive"), actions))
    logged = [action for action in readable if action.panel_case_id == scheduled.case.pk][:1]
    others = [action for action in readable if action not in logged]
    weeks, names = _weeks(pupil, calendar, amended) if calendar else ((), ())
    return PupilBeforePanel(
        scheduled=scheduled,
        sentences=opening(pupil, calendar) if calendar else [NO_CALENDAR],
        weeks=weeks,
        day_names=names,
        done=_with_effects(others[:LATEST_ACTIONS], pupil, calendar),
        earlier=max(0, len(others) - LATEST_ACTIONS),
        withheld=len(actions) - len(readable),
        open_steps=list(filter(attrgetter("has_open_step"), others)),
        logged=next(iter(logged), None),
    )


def _actions_of(scheduled: ScheduledCase) -> list[Intervention]:
    """What stands in the log of the pupil, the latest first."""
    return list(
        Intervention.objects.filter(enrolment__pupil=scheduled.case.enrolment.pupil_id)
        .select_related("own_kind", "made_by", "next_step_owner", "enrolment__school")
        .order_by("-done_on", "-pk")
    )


def _file(
    scheduled: ScheduledCase, year: SchoolYear | None, as_at: date
) -> tuple[PupilFile, Collection[SessionKey]]:
    """The pupil with the marks of the year, and which of them were changed."""
    enrolment = scheduled.case.enrolment
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
    file = PupilFile(
        enrolment_id=enrolment.pk,
        forename=pupil.forename,
        surname=pupil.surname,
        upn=pupil.upn,
        born_on=pupil.born_on,
        sex=pupil.sex,
        year_group="",
        group=scheduled.group,
        tutors="",
        starts_on=enrolment.starts_on,
        leaves_on=enrolment.leaves_on,
        marks=marks,
        spells=tuple(spells),
    )
    return file, amended


def _spells_and_marks(enrolment: Enrolment, year: SchoolYear, as_at: date) -> QuerySet:
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


def _calendar(school_id: int, year: SchoolYear | None, as_at: date) -> PackYear | None:
    return PackYear("", as_at, with_sessions(school_id, year)) if year else None


def _weeks(
    pupil: PupilFile, calendar: PackYear, amended: Collection[SessionKey]
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


def _with_effects(
    actions: Sequence[Intervention], pupil: PupilFile, calendar: PackYear | None
) -> list[ActionWithEffect]:
    if calendar is None:
        return []
    effects = pupil.figures_in(calendar).effects(action.done_on for action in actions)
    return [ActionWithEffect(action, action.title, effects[action.done_on]) for action in actions]
