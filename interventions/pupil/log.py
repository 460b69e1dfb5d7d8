"""The log of actions on the pupil page: numbered as on the chart, each with its effect."""

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter

from django.db.models import F

from absence.figures.calendar import SchoolCalendar
from absence.rules.academic_year import SchoolYear
from absence.rules.pupil_year import PupilYear
from interventions.log.next_steps import may_read
from interventions.models import Intervention
from interventions.pupil.page import LoggedAction, PupilPage
from registers.web.access import SchoolViewer


def notes_of(pupil_id: int, viewer: SchoolViewer) -> list[LoggedAction]:
    """The whole log of the pupil at this school with its documents, latest first: one statement,
    with a row for each document."""
    rows = (
        Intervention.objects.filter(enrolment__pupil=pupil_id, enrolment__school=viewer.school)
        .select_related("own_kind", "made_by", "changed_by", "next_step_owner", "next_step_done_by")
        .annotate(document_id=F("documents__pk"), document_name=F("documents__name"))
        .order_by("-done_on", "-pk", "document_id")
    )
    sees = viewer.may("see_sensitive")
    notes: dict[int, LoggedAction] = {}
    for row in rows:
        readable = may_read(row, viewer.person, sees_sensitive=sees)
        note = notes.setdefault(row.pk, LoggedAction(row, readable, []))
        if row.document_id and readable:
            note.documents.append((row.document_id, row.document_name))
    return list(notes.values())


def add_log(page: PupilPage, notes: Sequence[LoggedAction]) -> None:
    """The year's entries, all where there is no calendar; and the open next steps of any year."""
    page.log = _of_the_year(page, page.figures, notes) if page.figures else list(notes)
    page.elsewhere = len(notes) - len(page.log)
    open_steps = filter(attrgetter("is_open"), notes)
    page.next_steps = sorted(open_steps, key=attrgetter("intervention.next_step_on"))


def _of_the_year(
    page: PupilPage, figures: PupilYear, notes: Sequence[LoggedAction]
) -> list[LoggedAction]:
    """Those that may be read with their effect, numbered from the year's first."""
    of_year = [note for note in notes if _year_of(page.calendar, note) == page.year]
    readable = [note for note in reversed(of_year) if note.is_readable]
    effects = figures.effects(map(attrgetter("done_on"), readable))
    numbered = {
        note.intervention.pk: replace(note, number=number, effect=effects[note.done_on])
        for number, note in enumerate(readable, start=1)
    }
    return [numbered.get(note.intervention.pk, note) for note in of_year]


def _year_of(calendar: SchoolCalendar, note: LoggedAction) -> SchoolYear | None:
    """The year in which something was done; the first for what was done before it."""
    return calendar.latest_by(note.done_on) or next(iter(calendar.years), None)
