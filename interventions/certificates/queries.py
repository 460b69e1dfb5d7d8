"""What a certificate of attendance is made from: the register of one enrolment for a period."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import chain, starmap
from operator import attrgetter

from absence.figures.calendar import calendar_of
from interventions.packs.files import CertificateFile, Changed, PackYear
from interventions.packs.queries import particulars
from registers.models import Enrolment, Mark, PlannedAbsence, Relationship
from registers.rules.calendar import SessionKey
from registers.rules.codes import Half
from registers.rules.planned_absence import Plan, sessions_covered
from registers.setup.register_times.in_words import register_times

# Leave of absence is granted under these (regulation 11); H and F were until August 2024.
LEAVE = frozenset({"C", "C1", "C2", "F", "H", "J1", "M", "S"})
LEAVE_PLANS = (PlannedAbsence.Kind.LEAVE, PlannedAbsence.Kind.PART_TIME)


def certificate(enrolment: Enrolment, *, first: date, last: date) -> CertificateFile:
    """The register of one enrolment between two days of one academic year, both included."""
    school = enrolment.school
    calendar = calendar_of(school)
    year = calendar.with_sessions(calendar.year_at(last), look_back=False)
    file = particulars([enrolment.pk], year, first=first, as_at=last, of="enrolment")[enrolment.pk]
    period = year.between(first, last)
    return CertificateFile(
        pupil=replace(file, address=_address_of(enrolment)),
        year=PackYear(school.name, last, period),
        urn=school.urn,
        school_address=_on_one_line(school.address, school.postcode),
        headteacher=school.headteacher,
        register_times=register_times(school, {session.date for session in period.sessions}),
        brought_in=_brought_in(enrolment, first, last),
        on_leave=_on_leave(enrolment, first, last, file.amendments),
    )


def _on_one_line(address: str, postcode: str) -> str:
    return ", ".join(filter(None, map(str.strip, [*address.splitlines(), postcode])))


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
    plans = starmap(Plan, rows.values_list(*fields))
    planned = chain.from_iterable(map(sessions_covered, plans))
    changed = {(one.date, Half(one.half)) for one in amendments if one.before in LEAVE}
    return {(on, half) for on, half in planned if first <= on <= last} | changed


def _address_of(enrolment: Enrolment) -> str:
    """Of whoever the pupil lives with first; it says so where it must stay confidential."""
    homes = (
        Relationship.objects.filter(pupil=enrolment.pupil_id, lives_with=True)
        .select_related("person")
        .order_by("priority", "pk")
    )
    if any(map(attrgetter("address_confidential"), homes)):  # the pupil's own is the same one
        return "confidential, kept by the school"
    home = next(filter(attrgetter("person.address"), homes), None)
    if home is None:
        return "none recorded"
    return _on_one_line(home.person.address, home.person.postcode)
