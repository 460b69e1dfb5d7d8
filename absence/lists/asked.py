"""What the address of the list asks for, worked out: the same for the page and for its files."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property

from django.http import QueryDict
from django.utils import timezone

from absence.figures import school as figures
from absence.figures.calendar import year_to_date
from absence.figures.rows import AbsenceRow
from absence.lists import listing
from absence.lists.forms import AsAtForm, PupilsForm, order_from
from absence.rules.bands import bands_from_settings
from registers.models import Enrolment, School
from registers.models.roll.enrolment import EnrolmentQuerySet
from registers.roll.search import ids_of_called
from registers.web.access import SchoolViewer

FILTERS = {  # by its name in the address: what is said of the label of what is chosen
    "q": "{}",
    "band": "{}",
    "year": "{}",
    "group": "{}",
    "need": "{}",
    "moved": "{}",
    "was": "Was: {}",
    "last": "{}",
    "left": "With those who left",
}
KEPT = ("as_at", "since", "since_on", "left")  # when a list is opened


class AskedList:
    def __init__(self, viewer: SchoolViewer, given: QueryDict):
        """Seven statements. Raises NoAcademicYearError."""
        self.place, self.school = viewer, viewer.school
        today = timezone.localdate()
        first = AsAtForm(given, today=today)
        first.is_valid()
        self.as_at = first.cleaned_data.get("as_at") or usual_day(self.school)
        self.calendar = year_to_date(self.school, self.as_at)
        self.since = first.moved_since(self.as_at, self.calendar.year)
        self.bands = bands_from_settings(self.school.bands)
        absence = figures.absence_of(
            self.school, self.calendar, since=self.since, within=pupils_of(viewer)
        )
        shown = given.copy()
        shown.setdefault("as_at", self.as_at.isoformat())
        self.order = order_from(given.get("sort"))
        self.rows = absence.rows if given.get("left") else self._on_roll(absence.rows)
        self.form = PupilsForm(
            shown, rows=self.rows, bands=self.bands, order=self.order, today=today
        )
        self.form.is_valid()

    def _on_roll(self, rows: Sequence[AbsenceRow]) -> list[AbsenceRow]:
        return [row for row in rows if row.is_on_roll(self.as_at)]

    @cached_property
    def found(self) -> list[AbsenceRow]:
        letters = self.form.letters
        wanted = self.form.wanted(ids_of_called(self.school, letters) if letters else None)
        return listing.in_order(wanted.among(self.rows), self.order)

    @property
    def shows_last_year(self) -> bool:
        """Whether anything is known of the year before: by this register or by another school."""
        return self.calendar.before is not None or any(row.elsewhere for row in self.rows)

    @cached_property
    def movement_is_known(self) -> bool:
        """Whether anybody had a possible session this year by the day it is measured from."""
        return any(row.earlier.possible for row in self.rows)

    def filters(self) -> list[tuple[str, str]]:
        """The filters that are on: the name and what it says."""
        chosen = [(name, self.form.cleaned_data.get(name)) for name in FILTERS]
        return [(name, self._says(name, value)) for name, value in chosen if value]

    def _says(self, name: str, value: str) -> str:
        choices = dict(getattr(self.form.fields[name], "choices", ()))
        return FILTERS[name].format(choices.get(value, f"“{value}”"))

    def query(self, **choices: str) -> str:
        """The address of a list by these choices; the days that the figures are of stay."""
        data = self.form.data
        kept = {name: data[name] for name in KEPT if data.get(name)}
        return changed_query(QueryDict(), **kept, **choices)


def usual_day(school: School) -> date:
    """The last day before today on which the school met; yesterday where it never did."""
    return school.last_met_on or timezone.localdate() - timedelta(days=1)


def pupils_of(viewer: SchoolViewer) -> EnrolmentQuerySet[Enrolment]:
    """Every spell of the pupils whom this person may see: a teacher's own are those in the groups,
    and last year's figures may hang on an earlier spell of theirs."""
    own = viewer.enrolments()
    if viewer.own_groups is None:
        return own
    return Enrolment.objects.filter(school=viewer.school, pupil__in=own.values("pupil"))


def changed_query(given: QueryDict, **changes: str | None) -> str:
    """The address with these changes; None takes a name out."""
    query = given.copy()
    for name, value in changes.items():
        if value:
            query[name] = value
        else:
            query.pop(name, None)
    return query.urlencode()
