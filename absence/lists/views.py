"""The pupils of a school with their figures: who is over the line, who is near it, who moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from absence.charts import svg
from absence.figures import school as figures
from absence.figures.calendar import NoAcademicYearError, year_to_date
from absence.figures.rows import AbsenceRow
from absence.figures.weeks import weeks_of, weeks_together
from absence.lists import listing
from absence.lists.forms import AsAtForm, PupilsForm, order_from
from absence.lists.wording import opening
from absence.rules import windows, wording
from absence.rules.bands import bands_from_settings
from absence.rules.measures import attended_until_under
from registers.models import School
from registers.roll.search import ids_of_called
from registers.rules.pupils.namesakes import told_apart
from registers.rules.tally import NOTHING, PERSISTENT, Tally
from registers.rules.wording import many
from registers.web.access import PageRequest, SchoolViewer, allowed

PER_PAGE = 50
WEEKS_SHOWN = 12
NAMED = 4  # pupils by name in the part that opens the page
FILTERS = ("q", "band", "year", "group", "need", "moved", "was", "last", "left")


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A heading that puts the list in order: where its link leads, and how it stands now."""

    label: str
    order: str
    sorted: str  # "", "ascending", "descending": the words of aria-sort
    numeric: bool = True


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on; its link takes it off."""

    label: str
    query: str


@dataclass(frozen=True, slots=True)
class PupilLine:
    """A pupil on the page: the row with what is said beside it."""

    row: AbsenceRow
    url: str
    title: str
    shape: int
    moved: str
    was: str
    back_after: int  # sessions in a row until the pupil is back under the line; 0: is under it
    back_on: date | None
    spark: SafeString
    left_on: date | None


@dataclass(frozen=True, slots=True)
class NamedPupils:
    """Some pupils of whom the page says how many, some of the names, and where all are."""

    what: str
    pupils: int
    names: list[tuple[str, str]]  # the name, and the address of the pupil's page
    query: str
    why: str = ""

    @property
    def others(self) -> int:
        return self.pupils - len(self.names)


class AskedList:
    """What the address asks for, worked out: the same for the page and for its exports."""

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
        everybody = absence.rows if given.get("left") else self._on_roll(absence.rows)
        self.rows = everybody
        self.form = PupilsForm(
            shown, rows=everybody, bands=self.bands, order=self.order, today=today
        )
        self.form.is_valid()

    def _on_roll(self, rows: Sequence[AbsenceRow]) -> list[AbsenceRow]:
        return [row for row in rows if row.is_on_roll(self.as_at)]

    @cached_property
    def found(self) -> list[AbsenceRow]:
        letters = self.form.letters
        wanted = self.form.wanted(ids_of_called(self.school, letters) if letters else None)
        return listing.in_order((row for row in self.rows if wanted.holds(row)), self.order)

    @property
    def shows_last_year(self) -> bool:
        """Whether anything is known of the year before: by this register or by another school."""
        return self.calendar.before is not None or any(row.elsewhere for row in self.rows)

    @property
    def movement_is_known(self) -> bool:
        """Whether anybody had a possible session this year by the day it is measured from."""
        return any(row.earlier.possible for row in self.rows)

    def filters(self) -> list[tuple[str, str]]:
        """The filters that are on: the name and what it says."""
        on = []
        for name in FILTERS:
            if value := self.form.cleaned_data.get(name):
                choices = dict(getattr(self.form.fields[name], "choices", ()))
                label = choices.get(value, f"“{value}”")
                label = "With those who left" if name == "left" else label
                on.append((name, f"Was: {label}" if name == "was" else label))
        return on


@require_safe
@allowed("see_pupils")
def pupils(request: PageRequest) -> HttpResponse:
    """Nine statements, however many pupils the school has; one more for a teacher's own groups."""
    try:
        asked = AskedList(request.viewer, request.GET)
    except NoAcademicYearError as missing:
        return render(request, "absence/lists/no_calendar.html", {"why": str(missing)})
    return render(request, "absence/lists/pupils.html", _page(request, asked))


def usual_day(school: School) -> date:
    """The last day before today on which the school met; yesterday where it never did."""
    return school.last_met_on or timezone.localdate() - timedelta(days=1)


def pupils_of(viewer: SchoolViewer):
    """Every spell of the pupils whom this person may see: a teacher's own are those in the groups,
    and last year's figures may hang on an earlier spell of theirs."""
    own = viewer.enrolments()
    if viewer.own_groups is None:
        return own
    return own.model.objects.filter(school=viewer.school, pupil__in=own.values("pupil"))


def _page(request: PageRequest, asked: AskedList) -> dict:
    page = Paginator(asked.found, PER_PAGE).get_page(request.GET.get("page"))
    urls = PupilAddresses(asked.school)
    summary = listing.summary_of(asked.rows)
    is_own = asked.place.own_groups is not None
    return {
        "as_at": asked.as_at,
        "since": asked.since,
        "year": asked.calendar.year,
        "last_year": asked.calendar.before,
        "summary": summary,
        "early_days": asked.calendar.year.early_days(asked.as_at),
        "opening": opening(
            summary,
            than_before=_than_before(asked, summary),
            near_words=wording.near_words(listing.NEAR_WITHIN),
            own=is_own,
        ),
        "movement_is_known": asked.movement_is_known,
        "bands": listing.band_lines(asked.rows, asked.bands),
        "first": list(_first(asked, urls)),
        "lists": list(_lists(asked)),
        "form": asked.form,
        "chips": _chips(request, asked),
        "shows_last_year": asked.shows_last_year,
        "columns": _columns(asked.order, with_last_year=asked.shows_last_year),
        "page": page,
        "lines": _lines(asked, list(page), urls),
        "can_export": asked.place.may("export_pupils"),
        "apart": told_apart(
            ((row.pupil_id, row.namesake) for row in page),
            with_birth=asked.place.may("keep_pupils"),
        ),
        "own": is_own,
        "export": _query(request.GET, page=None),
    }


def _than_before(asked: AskedList, summary: listing.Summary) -> str:
    if not asked.movement_is_known:
        return ""
    return wording.than_before(summary.more_persistent, asked.since)


class PupilAddresses:
    """The address of a pupil's page; blank while there is none."""

    def __init__(self, school: School):
        self.urn = school.urn

    def of(self, row: AbsenceRow) -> str:
        try:
            return reverse(
                "interventions:pupil", kwargs={"urn": self.urn, "pupil_id": row.pupil_id}
            )
        except NoReverseMatch:
            return ""


def _lines(asked: AskedList, rows: Sequence[AbsenceRow], urls: PupilAddresses) -> list[PupilLine]:
    years = [year for year in (asked.calendar.before, asked.calendar.year) if year]
    mondays = windows.latest_weeks(years, asked.as_at, WEEKS_SHOWN)
    held = [pk for row in rows for pk in row.enrolments]
    weeks = weeks_of(held, mondays) if mondays else {}
    titles, shapes = wording.titles(asked.bands), listing.shapes(asked.bands)
    together = {row.pupil_id: weeks_together(weeks, row.enrolments) for row in rows}
    return [
        _line(asked, row, urls, titles, shapes, mondays, together[row.pupil_id]) for row in rows
    ]


def _line(
    asked: AskedList,
    row: AbsenceRow,
    urls: PupilAddresses,
    titles: Mapping[str, str],
    shapes: Mapping[str, int],
    mondays: Sequence[date],
    weeks: Mapping[date, Tally],
) -> PupilLine:
    back_after = attended_until_under(PERSISTENT, row.tally)
    last_on = row.leaves_on if row.leaves_on and row.leaves_on <= asked.as_at else None
    return PupilLine(
        row=row,
        url=urls.of(row),
        title=titles[row.band.name] if row.band else "",
        shape=shapes[row.band.name] if row.band else 0,
        moved=listing.move_of(row),
        was=titles[row.earlier_band.name] if row.earlier_band else "",
        back_after=back_after,
        back_on=_back_on(asked, row, back_after),
        spark=_spark(mondays, weeks),
        left_on=last_on,
    )


def _back_on(asked: AskedList, row: AbsenceRow, after: int) -> date | None:
    """The day on which a pupil who misses nothing more is back under the line; None where that is
    not in this year or not before they leave."""
    on = asked.calendar.year.session_day(after, asked.as_at) if after else None
    return on if on and row.is_on_roll(on) else None


def _spark(mondays: Sequence[date], weeks: Mapping[date, Tally]) -> SafeString:
    tallies = [weeks.get(monday, NOTHING) for monday in mondays]
    said = [(tally.absent, tally.possible) if tally.possible else None for tally in tallies]
    if not any(said):
        return mark_safe("")
    counts = ", ".join("none possible" if week is None else str(week[0]) for week in said)
    title = f"Missed in the last {many(len(said), 'complete week')}: {counts}"
    return mark_safe(svg.spark(said, title=title))  # noqa: S308 (escaped where it is drawn)


def _first(asked: AskedList, urls: PupilAddresses):
    """What wants a look before the list: who crossed a line, who is about to."""
    rows, line = asked.rows, wording.near_words(listing.NEAR_WITHIN)
    wanted = (
        ("into-severe", "moved", "became severely absent", "half or more of their sessions missed"),
        ("into-persistent", "moved", "became persistently absent", "a tenth or more missed"),
        ("nearly-persistent", "band", f"{{is}} within {line} of it", "the nearest first"),
    )
    for value, name, what, why in wanted:
        if name == "moved" and not asked.movement_is_known:
            continue
        held = [row for row in rows if listing.Wanted(**{name: value}).holds(row)]
        if held:
            ordered = listing.in_order(held, "attendance")
            yield NamedPupils(
                what=what.format(**{"is": "is" if len(held) == 1 else "are"}),
                pupils=len(held),
                names=[(f"{row.forename} {row.surname}", urls.of(row)) for row in ordered[:NAMED]],
                query=_query(QueryDict(mutable=True), **_kept(asked), **{name: value}),
                why=why,
            )


def _lists(asked: AskedList):
    """The lists that people ask for again and again, with how many are on each."""
    wanted = [
        ("At the line or near it", "", {"band": listing.NEAR_OR_OVER}),
        ("Into a worse band", "", {"moved": listing.WORSE}),
        ("Back under the line", "", {"moved": listing.OUT_OF_PERSISTENT}),
        (
            "Persistent last year too",
            "and this year so far",
            {"band": listing.PERSISTENT_ALL, "last": listing.LAST_PERSISTENT},
        ),
        (
            "New this year",
            "persistent now, not last year",
            {"band": listing.PERSISTENT_ALL, "last": listing.LAST_UNDER},
        ),
        (
            "Looked after",
            "at the line or near it",
            {"need": "Looked after", "band": listing.NEAR_OR_OVER},
        ),
    ]
    for what, why, asked_for in wanted:
        if "moved" in asked_for and not asked.movement_is_known:
            continue
        if "last" in asked_for and asked.calendar.before is None:
            continue
        words = {"last_year" if key == "last" else key: value for key, value in asked_for.items()}
        number = sum(listing.Wanted(**words).holds(row) for row in asked.rows)
        query = _query(QueryDict(mutable=True), **_kept(asked), **asked_for)
        yield NamedPupils(what=what, pupils=number, names=[], query=query, why=why)


def _kept(asked: AskedList) -> dict[str, str]:
    """The days that the figures are of stay when a list is opened."""
    data = asked.form.data
    return {name: data[name] for name in ("as_at", "since", "since_on", "left") if data.get(name)}


def _query(given: QueryDict, **changes: str | None) -> str:
    query = given.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return query.urlencode()


def _columns(order: str, *, with_last_year: bool) -> list[ListColumn]:
    """Each heading turns the order round when it is the one that holds; else the usual way."""
    usual = {
        "name": "Pupil",
        "-missed": "Missed",
        "-authorised": "Authorised",
        "-unauthorised": "Unauthorised",
        "-late": "Late",
        "attendance": "Attendance",
        "-last-year": "Last year",
        "to-spare": "To spare",
    }
    if not with_last_year:
        del usual["-last-year"]
    columns = []
    for way, label in usual.items():
        name = way.removeprefix("-")
        held = order.removeprefix("-") == name
        turned = name if order.startswith("-") else f"-{name}"
        stands = ("descending" if order.startswith("-") else "ascending") if held else ""
        numeric = name not in ("name", "to-spare")
        columns.append(ListColumn(label, turned if held else way, stands, numeric=numeric))
    return columns


def _chips(request: PageRequest, asked: AskedList) -> list[Chip]:
    return [
        Chip(label, _query(request.GET, page=None, **{name: None}))
        for name, label in asked.filters()
    ]
