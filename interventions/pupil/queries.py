"""What the pupil page shows, gathered in a number of statements that grows with nothing.

At most eleven, beside those of signing in: the school's years; the pupil's spells on the roll;
dated facts (characteristics, standings, calls home); plans; contacts and siblings; letters; years
at other schools; the log with its documents; then the year's sessions, the marks and last year's
weeks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils import timezone

from absence.figures.elsewhere import Elsewhere, elsewhere_of
from absence.models import Standing
from interventions.figures import pupils as figures
from interventions.figures.framework import Calendar, Framework, Year, framework_of
from interventions.figures.pupils import PupilFigures
from interventions.figures.year_grid import GridTerm, year_grid
from interventions.log.next_steps import may_read
from interventions.models import Intervention, Letter
from interventions.rules.effects import BEFORE_AN_ACTION, Effect, effects, tallies_by_day
from interventions.rules.kinds import title_of
from registers.models import (
    Characteristic,
    Enrolment,
    EnrolmentYear,
    FollowUp,
    Membership,
    PlannedAbsence,
    Relationship,
    School,
)
from registers.rules.admission import is_on_roll_between
from registers.rules.allowed_codes import short_day
from registers.rules.clock import register_window
from registers.rules.codes import Half
from registers.rules.planned_absence import slot_bit
from registers.web.access import SchoolViewer


@dataclass(frozen=True, slots=True)
class Contact:
    """A parent or other contact as the page shows one: no address that is confidential."""

    relationship: Relationship

    @property
    def person(self):
        return self.relationship.person

    @property
    def address(self) -> str:
        if self.relationship.address_confidential:
            return ""
        lines = [*self.person.address.splitlines(), self.person.postcode]
        return ", ".join(line.strip() for line in lines if line.strip())

    @property
    def telephones(self) -> list[tuple[str, str]]:
        """Each number as it is written and as a telephone dials it."""
        numbers = [part.strip() for part in self.person.telephone.replace(";", ",").split(",")]
        return [(number, "".join(c for c in number if c.isdigit() or c == "+"))
                for number in numbers if number]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another pupil on the roll for whom the same person has responsibility."""

    pupil_id: int
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is true of the pupil from a day; what each part means depends on `what`."""

    what: str
    on: date
    until: date | None
    kind: str
    value: str
    words: str
    missed: int
    possible: int


@dataclass(frozen=True, slots=True)
class Logged:
    """One action of the log: its number on the chart, its effect, and whether it may be read."""

    intervention: Intervention
    is_readable: bool
    documents: Sequence[tuple[int, str]]
    number: int | None = None
    effect: Effect | None = None

    @property
    def title(self) -> str:
        one = self.intervention
        return title_of(one.kind, one.own_kind.name if one.own_kind else "")


@dataclass
class PupilPage:
    """Everything on the page; what the person may not see is empty."""

    enrolment: Enrolment
    enrolments: Sequence[Enrolment]
    framework: Framework
    today: date
    contacts: list[Contact] = field(default_factory=list)
    siblings: list[Sibling] = field(default_factory=list)
    characteristics: list[Fact] = field(default_factory=list)
    standings: list[Fact] = field(default_factory=list)
    follow_ups: list[Fact] = field(default_factory=list)
    plans: list[PlannedAbsence] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    log: list[Logged] = field(default_factory=list)
    next_steps: list[Logged] = field(default_factory=list)
    elsewhere: int = 0  # entries of the log that belong to other academic years
    year: Year | None = None
    calendar: Calendar | None = None
    figures: PupilFigures | None = None
    years_elsewhere: Sequence[Elsewhere] = ()  # at other schools, the latest first
    terms: list[GridTerm] = field(default_factory=list)

    @property
    def pupil(self):
        return self.enrolment.pupil

    @property
    def is_this_year(self) -> bool:
        """Whether the year is the one that runs: only then there is a way out."""
        return self.year is not None and self.year == _year_at(self.framework, self.today)

    @property
    def choices(self) -> list[tuple[Year, Enrolment]]:
        """Every academic year in which the pupil was on the roll, with its latest spell; the
        latest year first."""
        found = []
        for year in reversed(self.framework.years):
            spells = [one for one in self.enrolments if _overlaps(one, year)]
            if spells and year.starts_on <= self.today:
                found.append((year, spells[0]))
        return found

    @property
    def spells(self) -> list[Enrolment]:
        """The times on the roll that the figures are of, the earliest first."""
        if self.year is None:
            return [self.enrolment]
        theirs = [one for one in self.enrolments if _overlaps(one, self.year)]
        return sorted(theirs or [self.enrolment], key=lambda one: one.starts_on)

    @property
    def several_spells(self) -> str:
        """On the roll from 1 Sep 2026 to 9 Oct 2026 and since 2 Nov 2026; empty for one spell."""
        if len(self.spells) < 2:
            return ""
        said = [
            f"from {short_day(one.starts_on)} to {short_day(one.leaves_on)}"
            if one.leaves_on
            else f"since {short_day(one.starts_on)}"
            for one in self.spells
        ]
        return f"On the roll {', '.join(said[:-1])} and {said[-1]}: the figures are of all together"

    @property
    def has_left(self) -> bool:
        return bool(self.enrolment.leaves_on and self.enrolment.leaves_on < self.today)


class NoSuchPupilError(LookupError):
    """No pupil of this number that the person may see, or no such year of theirs."""


def pupil_page(
    viewer: SchoolViewer,
    pupil_id: int,
    *,
    today: date,
    now: datetime,
    year: str = "",
    spell: str = "",
) -> PupilPage:
    """The page of one pupil. Raises NoSuchPupilError."""
    school = viewer.school
    if school is None:
        raise NoSuchPupilError
    framework = framework_of(school)
    enrolments = list(_enrolments(viewer, pupil_id, today))
    if not enrolments:
        raise NoSuchPupilError
    chosen, enrolment = _chosen(framework, enrolments, today, year, spell)
    page = PupilPage(enrolment, enrolments, framework, today, year=chosen)
    _gather_facts(page, viewer)
    page.plans = list(_plans(enrolments, chosen, today))
    if viewer.may("see_contacts"):
        page.contacts, page.siblings = _people(pupil_id, today)
    if viewer.may("see_letters"):
        page.letters = list(_letters(pupil_id, school, chosen))
    page.years_elsewhere = elsewhere_of([pupil_id]).get(pupil_id, ())
    notes = _notes(pupil_id, viewer) if viewer.may("see_interventions") else []
    if chosen:
        _gather_figures(page, notes, now)
    _gather_log(page, notes)
    return page


def _enrolments(viewer: SchoolViewer, pupil_id: int, today: date) -> QuerySet[Enrolment]:
    """Every spell of a pupil whom this person may see, the latest first, each with its group and
    year group as at its last day or today."""
    theirs = viewer.enrolments().filter(pupil=pupil_id)
    return (
        Enrolment.objects.not_void()
        .filter(pupil__in=theirs.values("pupil"))
        .select_related("pupil", "school")
        .annotate(group=_group_of("pk", today), year_group=_year_group(today))
        .order_by("-starts_on")
    )


def _group_of(enrolment: str, on: date) -> Subquery:
    memberships = Membership.objects.filter(
        enrolment=OuterRef(enrolment), group__kind="registration", from_on__lte=on
    )
    return Subquery(memberships.order_by("-from_on").values("group__name")[:1])


def _year_group(on: date) -> Subquery:
    years = EnrolmentYear.objects.filter(enrolment=OuterRef("pk"), academic_year__starts_on__lte=on)
    return Subquery(years.order_by("-academic_year__starts_on").values("year_group")[:1])


def _overlaps(enrolment: Enrolment, year: Year) -> bool:
    return is_on_roll_between(enrolment, year.starts_on, year.ends_on)


def _year_at(framework: Framework, on: date) -> Year | None:
    begun = [year for year in framework.years if year.starts_on <= on]
    return begun[-1] if begun else None


def _chosen(
    framework: Framework, enrolments: Sequence[Enrolment], today: date, year: str, spell: str
) -> tuple[Year | None, Enrolment]:
    """The academic year and the spell that were asked for; else the latest. Raises
    NoSuchPupilError for a year or a spell that is not this pupil's."""
    spells = [one for one in enrolments if not spell or str(one.pk) == spell]
    years = [one for one in framework.years if str(one.pk) == year] if year else []
    if not spells or (year and not years):
        raise NoSuchPupilError
    begun = years or [one for one in framework.years if one.starts_on <= today]
    for one in reversed(begun):
        for enrolment in spells:
            if _overlaps(enrolment, one):
                return one, enrolment
    if year:
        raise NoSuchPupilError
    return (begun[-1] if begun else None), spells[0]


def _gather_facts(page: PupilPage, viewer: SchoolViewer) -> None:
    for fact in _facts(page, with_calls=viewer.may("see_morning")):
        if fact.what == "characteristic":
            if fact.on <= page.today and (fact.until is None or fact.until >= page.today):
                page.characteristics.append(fact)
        elif fact.what == "standing":
            page.standings.append(fact)
        else:
            page.follow_ups.append(fact)


def _facts(page: PupilPage, *, with_calls: bool) -> list[Fact]:
    """Characteristics, standings of the year and calls home, in one statement, latest first."""
    none = Value("", output_field=CharField())
    zero = Value(0, output_field=IntegerField())
    first = page.year.starts_on if page.year else date.min
    last = page.year.ends_on if page.year else date.max
    found = (
        Characteristic.objects.filter(pupil=page.pupil)
        .order_by()
        .values_list(
            Value("characteristic"), "from_on", "until_on", "kind", "value", none, zero, zero
        )
    )
    parts: list[QuerySet] = [
        Standing.objects.filter(enrolment__in=page.spells, on__range=(first, last))
        .order_by()
        .values_list(
            Value("standing"),
            "on",
            "moved_on",
            "band",
            Case(
                When(severely_absent=True, then=Value("severe")),
                When(persistently_absent=True, then=Value("persistent")),
                default=Value(""),
            ),
            none,
            F("authorised") + F("unauthorised"),
            F("attended") + F("authorised") + F("unauthorised"),
        )
    ]
    if with_calls:
        parts.append(
            FollowUp.objects.filter(enrolment__in=page.spells, date__range=(first, last))
            .order_by()
            .values_list(Value("call"), "date", F("date"), "channel", "outcome", "note", zero, zero)
        )
    rows = [Fact(*row) for row in found.union(*parts, all=True)]
    return sorted(rows, key=lambda fact: fact.on, reverse=True)


def _plans(
    enrolments: Sequence[Enrolment], year: Year | None, today: date
) -> QuerySet[PlannedAbsence]:
    """Those of the year, and those still to come."""
    since = min(year.starts_on, today) if year else today
    return PlannedAbsence.objects.filter(
        enrolment__in=enrolments, withdrawn_at__isnull=True, until_on__gte=since
    ).order_by("made_at", "pk")


def _people(pupil_id: int, today: date) -> tuple[list[Contact], list[Sibling]]:
    """The pupil's contacts in order, and the others for whom they have responsibility, in one
    statement."""
    here = Enrolment.objects.on_roll(today).filter(pupil=OuterRef("pupil"))
    group = (
        Membership.objects.in_force(today)
        .filter(enrolment__pupil=OuterRef("pupil"), group__kind="registration")
        .order_by("-from_on")
    )
    theirs = Relationship.objects.filter(pupil=pupil_id)
    rows = (
        Relationship.objects.filter(person__in=theirs.values("person"))
        .select_related("person", "pupil")
        .annotate(is_here=Exists(here), group=Subquery(group.values("group__name")[:1]))
        .order_by("priority", "pk")
    )
    contacts, others = [], []
    for row in rows:
        if row.pupil_id == pupil_id:
            contacts.append(Contact(row))
        elif row.is_here and row.has_responsibility:
            others.append(row)
    responsible = {one.person.pk for one in contacts if one.relationship.has_responsibility}
    siblings = {
        row.pupil_id: Sibling(
            row.pupil_id, f"{row.pupil.forename} {row.pupil.surname}", row.group or ""
        )
        for row in others
        if row.person_id in responsible
    }
    return contacts, sorted(siblings.values(), key=lambda one: one.name)


def _letters(pupil_id: int, school: School, year: Year | None) -> QuerySet[Letter]:
    found = Letter.objects.filter(enrolment__pupil=pupil_id, enrolment__school=school)
    if year:
        found = found.filter(academic_year=year.pk)
    return found.annotate(copy_count=Count("copies"), sent_at=Max("copies__sent_at")).order_by(
        "-dated", "-pk"
    )


@dataclass(frozen=True, slots=True)
class _Note:
    intervention: Intervention
    is_readable: bool
    documents: list[tuple[int, str]]


def _notes(pupil_id: int, viewer: SchoolViewer) -> list[_Note]:
    """The whole log of the pupil at this school with its documents, latest first: one statement,
    with a row for each document."""
    rows = (
        Intervention.objects.filter(enrolment__pupil=pupil_id, enrolment__school=viewer.school)
        .select_related("own_kind", "made_by", "changed_by", "next_step_owner", "next_step_done_by")
        .annotate(document_id=F("documents__pk"), document_name=F("documents__name"))
        .order_by("-done_on", "-pk", "document_id")
    )
    sees = viewer.may("see_sensitive")
    notes: dict[int, _Note] = {}
    for row in rows:
        readable = may_read(row, viewer.person, sees_sensitive=sees)
        note = notes.setdefault(row.pk, _Note(row, readable, []))
        if row.document_id and readable:
            note.documents.append((row.document_id, row.document_name))
    return list(notes.values())


def last_day_that_counts(school: School, year: Year, today: date) -> date:
    """The last day before today on which the school met, as on every list; on the first day of a
    year today itself, since there is no other."""
    met = school.last_met_on or today
    if met < year.starts_on:
        met = today
    return min(met, year.ends_on)


def _gather_figures(page: PupilPage, notes: Sequence[_Note], now: datetime) -> None:
    year, school = page.year, page.framework.school
    if year is None:
        return
    as_at = last_day_that_counts(school, year, page.today)
    earliest = min((note.intervention.done_on for note in notes), default=year.starts_on)
    since = earliest - BEFORE_AN_ACTION
    page.calendar = page.framework.calendar(year, since=since)
    found = figures.figures_of(
        page.enrolments, page.calendar, as_at=as_at, today=page.today, since=since
    )
    page.figures = found[page.enrolment.pupil_id]
    page.terms = year_grid(
        sessions=page.calendar.of_year,
        marks={mark.key: mark.symbol for mark in page.figures.marks},
        amended={mark.key for mark in page.figures.marks if mark.amended},
        planned=_planned(page, school, now),
        begun=_begun(school, now),
        on_roll=[(one.starts_on, one.leaves_on) for one in page.spells],
        terms=page.calendar.terms,
        closed_days=page.calendar.closed_days,
    )
    page.log = list(_with_effects(page, notes, found.values(), as_at))


def _begun(school: School, now: datetime) -> tuple[date, Half]:
    """The last half day whose register has opened."""
    local = timezone.localtime(now)
    for half in (Half.PM, Half.AM):
        if register_window(school, local.date(), half).has_opened(local):
            return local.date(), half
    return local.date() - timedelta(days=1), Half.PM


def _planned(page: PupilPage, school: School, now: datetime) -> dict:
    """Codes that are planned for sessions still to come; where two plans meet, the later made."""
    begun = _begun(school, now)
    sessions = page.calendar.of_year if page.calendar else ()
    return {
        (session.date, Half(session.half)): plan.code_id
        for plan in page.plans
        for session in sessions
        if (session.date, session.half) > begun
        and plan.from_on <= session.date <= plan.until_on
        and plan.slots & slot_bit(session.date, session.half)
    }


def _with_effects(
    page: PupilPage, notes: Sequence[_Note], found: Iterable[PupilFigures], as_at: date
) -> Iterable[Logged]:
    """The year's entries, latest first, numbered from its first, each with its effect."""
    if page.calendar is None:
        return
    mine = [note for note in notes if page.year == _year_of(page.framework, note.intervention)]
    marks = [
        (mark.date, mark.symbol)
        for one in found
        for mark in (*one.earlier_marks, *one.marks)
        if mark.date <= as_at
    ]
    measured = effects(
        (note.intervention.done_on for note in mine if note.is_readable),
        by_day=tallies_by_day(marks),
        school_days=figures.days_due(page.calendar, page.enrolments, as_at),
    )
    readable = [note for note in reversed(mine) if note.is_readable]
    numbers = {note.intervention.pk: n for n, note in enumerate(readable, start=1)}
    for note in mine:
        one = note.intervention
        yield Logged(
            one,
            note.is_readable,
            note.documents,
            numbers.get(one.pk),
            measured.get(one.done_on) if note.is_readable else None,
        )


def _year_of(framework: Framework, intervention: Intervention) -> Year | None:
    """The year in which something was done; the first for what was done before it."""
    return _year_at(framework, intervention.done_on) or next(iter(framework.years), None)


def _gather_log(page: PupilPage, notes: Sequence[_Note]) -> None:
    if page.year is None:
        page.log = [Logged(note.intervention, note.is_readable, note.documents) for note in notes]
    page.elsewhere = len(notes) - len(page.log)
    open_ = [
        Logged(note.intervention, note.is_readable, note.documents)
        for note in notes
        if note.intervention.next_step_on and not note.intervention.next_step_done_at
    ]
    page.next_steps = sorted(open_, key=lambda one: one.intervention.next_step_on or date.max)
