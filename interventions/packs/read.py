"""What packs and certificates are made from, read from the database for all their pupils at once.

The number of statements does not depend on how many pupils there are. Nothing is written here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Sum

from absence.figures import school as figures
from absence.rules.measures import Tally
from interventions.figures.year_grid import SchoolSession
from interventions.models import Intervention, Letter, PanelCase
from interventions.packs.files import (
    CertificateFile,
    Changed,
    Contact,
    LetterLine,
    NextStep,
    PupilFile,
    SchoolYear,
    Sibling,
    Step,
)
from interventions.rules import kinds, wording
from interventions.rules.letter_states import LetterState
from registers.models import (
    AcademicYear,
    Amendment,
    Appointment,
    Characteristic,
    ClosedDay,
    Enrolment,
    EnrolmentYear,
    FollowUp,
    Mark,
    Membership,
    PlannedAbsence,
    Relationship,
    School,
    Session,
    WeekTally,
)
from registers.rules.calendar import HalfTerm, SessionKey, monday_of
from registers.rules.codes import Half
from registers.rules.planned_absence import Plan, sessions_covered
from registers.setup.register_times.in_words import register_times

LONDON = ZoneInfo("Europe/London")
# Every time on the roll of a pupil, under the one that was asked for.
OF_PUPIL = "enrolment__pupil__enrolments"
AGENCIES = frozenset({"multi_agency", "specialist", "referral", "information_request"})
# Leave of absence is granted under these (regulation 11); H and F were until August 2024.
LEAVE = frozenset({"C", "C1", "C2", "F", "H", "J1", "M", "S"})
LEAVE_PLANS = (PlannedAbsence.Kind.LEAVE, PlannedAbsence.Kind.PART_TIME)
SENT = frozenset({LetterState.SENT.value, LetterState.ANSWERED.value})
NO_OUTCOME_FOR_FAMILIES = frozenset({FollowUp.Outcome.CONCERN.value})


def school_year(
    school: School, year: AcademicYear, *, as_at: date, year_groups: Collection[str] = ()
) -> SchoolYear:
    """The calendar of the year; with `year_groups`, what each missed by week. Three or four
    statements."""
    closed = ClosedDay.objects.filter(academic_year=year)
    return SchoolYear(
        school=school.name,
        name=year.name,
        starts_on=year.starts_on,
        ends_on=year.ends_on,
        as_at=as_at,
        sessions=half_days(year),
        terms=[HalfTerm(term.name, term.starts_on, term.ends_on) for term in year.terms.all()],
        closed_days={day.date: day.name or day.get_kind_display() for day in closed},
        missed_by_year_group=_missed_by_year_group(year, year_groups, as_at) if year_groups else {},
    )


def half_days(year: AcademicYear) -> list[SchoolSession]:
    rows = Session.objects.filter(academic_year=year).order_by("date", "half")
    return [
        SchoolSession(*row) for row in rows.values_list("date", "half", "is_open", "closed_because")
    ]


def _missed_by_year_group(
    year: AcademicYear, year_groups: Collection[str], as_at: date
) -> dict[str, dict[date, tuple[int, int]]]:
    rows = (
        WeekTally.objects.filter(
            enrolment__years__academic_year=year,
            enrolment__years__year_group__in=year_groups,
            monday__range=(monday_of(year.starts_on), as_at),
        )
        .values_list("enrolment__years__year_group", "monday")
        .annotate(missed=Sum(F("authorised") + F("unauthorised")), pupils=Count("enrolment"))
        .order_by()
    )
    found: dict[str, dict[date, tuple[int, int]]] = defaultdict(dict)
    for year_group, monday, missed, pupils in rows:
        found[year_group][monday] = (int(missed), pupils)
    return found


def marks_between(
    enrolments: Collection[int], first: date, last: date, *, of: str = OF_PUPIL
) -> dict[int, dict[SessionKey, str]]:
    found: dict[int, dict[SessionKey, str]] = defaultdict(dict)
    rows = Mark.objects.on_roll().filter(**{f"{of}__in": enrolments}, date__range=(first, last))
    for pk, on, half, symbol in rows.values_list(of, "date", "half", "code_id"):
        found[pk][on, Half(half)] = symbol
    return found


def amendments_between(
    enrolments: Collection[int], first: date, last: date, *, of: str = OF_PUPIL
) -> dict[int, list[Changed]]:
    """Every amendment of a mark of the period, whenever it was made, in the order of making."""
    found: dict[int, list[Changed]] = defaultdict(list)
    rows = Amendment.objects.filter(
        **{f"{of}__in": enrolments}, date__range=(first, last)
    ).annotate(asked=F(of))
    for one in rows.order_by("enrolment__starts_on", "enrolment", "sequence"):
        found[one.asked].append(
            Changed(
                one.date,
                one.half,
                one.code_before,
                one.code_after,
                one.reason,
                one.at.astimezone(LONDON),
                one.by_name,
                one.by_position,
                one.minutes_before,
                one.minutes_after,
            )
        )
    return found


def particulars(
    enrolments: Collection[int],
    year: AcademicYear,
    *,
    first: date,
    as_at: date,
    of: str = OF_PUPIL,
) -> dict[int, PupilFile]:
    """Name, group, marks and amendments of each: eight statements. `of` is OF_PUPIL for all that
    the pupil was on the roll in the year, or "enrolment" for one time on the roll alone."""
    marks = marks_between(enrolments, first, as_at, of=of)
    amendments = amendments_between(enrolments, first, as_at, of=of)
    spells = _spells(enrolments) if of == OF_PUPIL else {}
    groups = _groups(enrolments, as_at)
    year_groups = dict(
        EnrolmentYear.objects.filter(enrolment__in=enrolments, academic_year=year).values_list(
            "enrolment_id", "year_group"
        )
    )
    found = {}
    for one in Enrolment.objects.filter(pk__in=enrolments).select_related("pupil"):
        group, tutors = groups.get(one.pk, ("", ""))
        found[one.pk] = PupilFile(
            enrolment_id=one.pk,
            forename=one.pupil.forename,
            surname=one.pupil.surname,
            upn=one.pupil.upn,
            born_on=one.pupil.born_on,
            sex=one.pupil.sex,
            year_group=year_groups.get(one.pk, ""),
            group=group,
            tutors=tutors,
            starts_on=one.starts_on,
            leaves_on=one.leaves_on,
            marks=dict(sorted(marks[one.pk].items())),
            amendments=tuple(amendments[one.pk]),
            spells=tuple(spells.get(one.pk, ())),
        )
    return found


def _spells(enrolments: Collection[int]) -> dict[int, list[tuple[date, date | None]]]:
    """All times on the roll of each pupil, the earliest first."""
    found: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    rows = Enrolment.objects.not_void().filter(pupil__enrolments__in=enrolments)
    for pk, starts_on, leaves_on in rows.order_by("starts_on").values_list(
        "pupil__enrolments", "starts_on", "leaves_on"
    ):
        found[pk].append((starts_on, leaves_on))
    return found


def _groups(enrolments: Collection[int], on: date) -> dict[int, tuple[str, str]]:
    """Registration group and its tutors on the day, else the last before it; two statements."""
    rows = Membership.objects.filter(
        enrolment__in=enrolments, group__kind="registration", from_on__lte=on
    )
    groups = {
        pk: (group, name)
        for pk, group, name in rows.order_by("enrolment", "from_on").values_list(
            "enrolment_id", "group_id", "group__name"
        )
    }
    tutors: dict[int, list[str]] = defaultdict(list)
    held = Appointment.objects.filter(groups__in={group for group, _ in groups.values()})
    for group, tutor in held.values_list("groups", "user__name"):
        tutors[group].append(tutor)
    return {
        pk: (name, wording.listed(sorted(tutors[group]))) for pk, (group, name) in groups.items()
    }


def group_names(enrolments: Collection[int], on: date) -> dict[int, str]:
    """Registration group of the day, else the last before it; one statement."""
    rows = Membership.objects.filter(
        enrolment__in=enrolments, group__kind="registration", from_on__lte=on
    )
    return dict(rows.order_by("enrolment", "from_on").values_list("enrolment_id", "group__name"))


def papers(
    school: School, enrolments: Collection[int], *, as_at: date, for_family: bool = False
) -> tuple[SchoolYear, dict[int, PupilFile]]:
    """All that a pack says of these pupils. Raises figures.NoAcademicYearError.

    Sensitive notes are never read. The family's copy also leaves out other people's contacts,
    brothers and sisters, agencies, and calls that passed on a concern.
    """
    year = figures.academic_year_at(school, as_at)
    found = particulars(enrolments, year, first=year.starts_on, as_at=as_at)
    pupils = dict(Enrolment.objects.filter(pk__in=found).values_list("pk", "pupil_id"))
    steps, withheld, next_steps = _actions(found, as_at, for_family=for_family)
    letters, letter_steps = _letters(found, as_at, for_family=for_family)
    calls = _follow_ups(found, year, as_at, for_family=for_family)
    panels = _panels(found, as_at)
    traits = _characteristics(pupils.values(), as_at)
    people = {} if for_family else _contacts(pupils.values())
    siblings = {} if for_family else _siblings(school, pupils, year, as_at)
    before = _last_year(school, year, found)
    files = {
        pk: _with(
            one,
            steps=sorted(
                [*steps[pk], *letter_steps[pk], *calls[pk], *panels[pk]], key=lambda s: s.on
            ),
            withheld=withheld[pk],
            next_steps=next_steps[pk],
            letters=letters[pk],
            characteristics=traits.get(pupils[pk], ()),
            contacts=people.get(pupils[pk], ()),
            siblings=siblings.get(pupils[pk], ()),
            last_year=before.get(pk),
        )
        for pk, one in found.items()
    }
    groups = {one.year_group for one in found.values() if one.year_group}
    return school_year(school, year, as_at=as_at, year_groups=groups), files


def _with(one: PupilFile, **more: object) -> PupilFile:
    values = {name: getattr(one, name) for name in PupilFile.__dataclass_fields__}
    return PupilFile(**(values | more))


def _actions(
    enrolments: Iterable[int], as_at: date, *, for_family: bool
) -> tuple[dict[int, list[Step]], dict[int, int], dict[int, list[NextStep]]]:
    rows = (
        Intervention.objects.filter(**{f"{OF_PUPIL}__in": list(enrolments)})
        .annotate(asked=F(OF_PUPIL))
        .exclude(kind="panel", panel_case__isnull=False)  # the panel itself says it
        .select_related("own_kind", "made_by", "next_step_owner")
        .order_by("done_on", "pk")
    )
    steps: dict[int, list[Step]] = defaultdict(list)
    next_steps: dict[int, list[NextStep]] = defaultdict(list)
    withheld: dict[int, int] = defaultdict(int)
    for row in rows:
        if row.is_sensitive:
            withheld[row.asked] += 1
            continue
        if for_family and row.kind in AGENCIES:
            continue
        if row.next_step and row.next_step_done_at is None:
            assert row.next_step_on is not None  # the database's own rule
            next_steps[row.asked].append(
                NextStep(row.next_step, row.next_step_on, str(row.next_step_owner))
            )
        if row.done_on > as_at:
            continue
        what = kinds.title_of(row.kind, row.own_kind.name if row.own_kind else "")
        if row.with_whom:
            what = f"{what}, with {row.with_whom}"
        outcome = ". ".join(
            part.strip().rstrip(".") for part in (row.note, row.outcome) if part.strip()
        )
        steps[row.asked].append(
            Step(row.done_on, what, str(row.made_by or ""), outcome, kind=row.kind)
        )
    return steps, withheld, next_steps


def _letters(
    enrolments: Iterable[int], as_at: date, *, for_family: bool
) -> tuple[dict[int, list[LetterLine]], dict[int, list[Step]]]:
    """Every letter that was not dropped; a step is one that has gone out."""
    rows = (
        Letter.objects.filter(**{f"{OF_PUPIL}__in": list(enrolments)})
        .annotate(asked=F(OF_PUPIL))
        .exclude(state=LetterState.DROPPED.value)
        .select_related("approved_by")
        .prefetch_related("copies")
        .order_by("dated", "pk")
    )
    lines: dict[int, list[LetterLine]] = defaultdict(list)
    steps: dict[int, list[Step]] = defaultdict(list)
    for row in rows:
        copies = list(row.copies.all())
        sent = [copy.sent_at.astimezone(LONDON).date() for copy in copies if copy.sent_at]
        if for_family:
            if row.state not in SENT:
                continue
            to = f"{len(copies)} {'copy' if len(copies) == 1 else 'copies'}"
        else:
            to = wording.listed([copy.recipient for copy in copies]) or "nobody yet"
        title = row.get_kind_display()
        state = f"sent {_short(max(sent))}" if sent else f"{row.state}, not sent"
        lines[row.asked].append(LetterLine(row.dated, title, to, state, row.reference))
        if sent and max(sent) <= as_at:
            steps[row.asked].append(
                Step(
                    max(sent), f"Letter: {title.lower()}", str(row.approved_by or ""), kind="letter"
                )
            )
    return lines, steps


def _short(on: date) -> str:
    return f"{on.day}{wording.NBSP}{on:%b}{wording.NBSP}{on.year}"


def _follow_ups(
    enrolments: Iterable[int], year: AcademicYear, as_at: date, *, for_family: bool
) -> dict[int, list[Step]]:
    rows = (
        FollowUp.objects.filter(
            **{f"{OF_PUPIL}__in": list(enrolments)}, date__range=(year.starts_on, as_at)
        )
        .annotate(asked=F(OF_PUPIL))
        .select_related("person", "made_by")
        .order_by("date", "made_at", "pk")
    )
    steps: dict[int, list[Step]] = defaultdict(list)
    for row in rows:
        if for_family and row.outcome in NO_OUTCOME_FOR_FAMILIES:
            continue
        what = f"{row.get_channel_display()} about the absence"
        if row.person and not for_family:
            what += f", {row.person}"
        said = [row.get_outcome_display(), "" if for_family else row.note]
        steps[row.asked].append(
            Step(
                row.date,
                what,
                str(row.made_by),
                ". ".join(part for part in said if part),
                kind="follow_up",
                marks_the_trend=False,
            )
        )
    return steps


def _panels(enrolments: Iterable[int], as_at: date) -> dict[int, list[Step]]:
    """Earlier panels on which something was decided."""
    rows = (
        PanelCase.objects.filter(
            **{f"{OF_PUPIL}__in": list(enrolments)},
            decided_at__isnull=False,
            panel__on__lte=as_at,
        )
        .annotate(asked=F(OF_PUPIL))
        .select_related("panel", "decided_by")
    )
    steps: dict[int, list[Step]] = defaultdict(list)
    for row in rows.order_by("panel__on"):
        steps[row.asked].append(
            Step(row.panel.on, "Attendance panel", str(row.decided_by), row.decision, kind="panel")
        )
    return steps


def _characteristics(pupils: Iterable[int], on: date) -> dict[int, list[str]]:
    rows = Characteristic.objects.in_force(on).filter(pupil__in=list(pupils))
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        if row.value.strip().upper() in {"N", "NO", "0", "FALSE", ""}:
            continue
        plain = row.value.strip().upper() in {"Y", "YES", "1", "TRUE"}
        found[row.pupil_id].append(row.kind if plain else f"{row.kind} {row.value}")
    return found


def _contacts(pupils: Iterable[int]) -> dict[int, list[Contact]]:
    found: dict[int, list[Contact]] = defaultdict(list)
    rows = Relationship.objects.filter(pupil__in=list(pupils)).select_related("person")
    for row in rows.order_by("pupil", "priority", "pk"):
        found[row.pupil_id].append(
            Contact(
                row.person.name,
                row.kind,
                row.has_responsibility,
                row.lives_with,
                row.may_be_written_to,
                "" if row.address_confidential else row.person.telephone,
                row.address_confidential,
                bool(row.court_order),
            )
        )
    return found


def _siblings(
    school: School, pupils: Mapping[int, int], year: AcademicYear, as_at: date
) -> dict[int, list[Sibling]]:
    """Other pupils on roll who share a person with parental responsibility: three statements."""
    ours = Relationship.objects.filter(pupil__in=list(pupils.values()), has_responsibility=True)
    shared = Relationship.objects.filter(
        person__in=ours.values("person"), has_responsibility=True
    ).values_list("person_id", "pupil_id")
    by_person: dict[int, set[int]] = defaultdict(set)
    for person, pupil in shared:
        by_person[person].add(pupil)
    others: dict[int, set[int]] = {pupil: set() for pupil in pupils.values()}
    for together in by_person.values():
        for pupil in together & others.keys():
            others[pupil] |= together - {pupil}
    wanted = set().union(*others.values()) if others else set()
    if not wanted:
        return {}
    here = Enrolment.objects.on_roll(as_at).filter(pupil__in=wanted, school=school)
    rows = here.select_related("pupil")
    spells = list(rows)
    groups = _groups([one.pk for one in spells], as_at)
    sums = tallies([one.pk for one in spells], year.starts_on, as_at)
    found = {
        one.pupil_id: Sibling(
            f"{one.pupil.forename} {one.pupil.surname}",
            groups.get(one.pk, ("", ""))[0],
            sums.get(one.pk, figures.NOTHING),
        )
        for one in spells
    }
    return {
        pupil: [found[other] for other in sorted(theirs) if other in found]
        for pupil, theirs in others.items()
    }


def tallies(enrolments: Collection[int], first: date, last: date) -> dict[int, Tally]:
    """From the marks of all times on the roll: for the few pupils of a family or a panel."""
    rows = (
        Mark.objects.on_roll()
        .filter(**{f"{OF_PUPIL}__in": enrolments}, date__range=(first, last))
        .values_list(OF_PUPIL)
        .annotate(
            Sum("code__attended"),
            Sum("code__authorised"),
            Sum("code__unauthorised"),
            Sum("code__late"),
        )
        .order_by()
    )
    return {pk: Tally(*map(int, counts)) for pk, *counts in rows}


def _last_year(school: School, year: AcademicYear, enrolments: Collection[int]) -> dict[int, Tally]:
    """The same enrolments in the academic year before, where there was one."""
    before = school.academic_years.filter(starts_on__lt=year.starts_on).order_by("starts_on").last()
    if before is None:
        return {}
    return tallies(list(enrolments), before.starts_on, before.ends_on)


# --- the certificate


def certificate(enrolment: Enrolment, *, first: date, last: date) -> CertificateFile:
    """The register of one enrolment between two days of one academic year, both included."""
    school = enrolment.school
    year = figures.academic_year_at(school, last)
    theirs = particulars([enrolment.pk], year, first=first, as_at=last, of="enrolment")
    found = theirs[enrolment.pk]
    calendar = school_year(school, year, as_at=last)
    return CertificateFile(
        pupil=_with(found, address=_address_of(enrolment)),
        year=SchoolYear(
            school=school.name,
            name=year.name,
            starts_on=first,
            ends_on=last,
            as_at=last,
            sessions=[one for one in calendar.sessions if first <= one.date <= last],
            terms=calendar.terms,
            closed_days={
                on: why for on, why in calendar.closed_days.items() if first <= on <= last
            },
        ),
        urn=school.urn,
        school_address=", ".join(
            part.strip() for part in [*school.address.splitlines(), school.postcode] if part.strip()
        ),
        headteacher=school.headteacher,
        register_times=register_times(
            school, {one.date for one in calendar.sessions if first <= one.date <= last}
        ),
        brought_in=_brought_in(enrolment, first, last),
        on_leave=_on_leave(enrolment, first, last, found.amendments),
    )


def _brought_in(enrolment: Enrolment, first: date, last: date) -> list[SessionKey]:
    """The sessions whose mark came with the school's files, so that its past is not known here."""
    rows = Mark.objects.on_roll().filter(
        enrolment=enrolment, date__range=(first, last), source=Mark.Source.IMPORT
    )
    keys = rows.order_by("date", "half").values_list("date", "half")
    return [(on, Half(half)) for on, half in keys]


def _on_leave(
    enrolment: Enrolment, first: date, last: date, amendments: Iterable[Changed]
) -> set[SessionKey]:
    """The sessions for which leave of absence was granted: by a plan that stands, or by an entry
    of the register that was changed since."""
    rows = PlannedAbsence.objects.filter(
        enrolment=enrolment,
        kind__in=LEAVE_PLANS,
        withdrawn_at__isnull=True,
        from_on__lte=last,
        until_on__gte=first,
    )
    fields = ("kind", "code_id", "from_on", "until_on", "slots")
    plans = [Plan(*row) for row in rows.values_list(*fields)]
    planned = {
        (on, half) for plan in plans for on, half in sessions_covered(plan) if first <= on <= last
    }
    return planned | {(one.date, Half(one.half)) for one in amendments if one.before in LEAVE}


def _address_of(enrolment: Enrolment) -> str:
    """Of whoever the pupil lives with first; it says so where it must stay confidential."""
    homes = (
        Relationship.objects.filter(pupil=enrolment.pupil_id, lives_with=True)
        .select_related("person")
        .order_by("priority", "pk")
    )
    if any(home.address_confidential for home in homes):  # the pupil's own is the same one
        return "confidential, kept by the school"
    home = next((one for one in homes if one.person.address), None)
    if home is None:
        return "none recorded"
    lines = [*home.person.address.splitlines(), home.person.postcode]
    return ", ".join(line.strip() for line in lines if line.strip())


def now_in_london(at: datetime) -> datetime:
    return at.astimezone(LONDON)
