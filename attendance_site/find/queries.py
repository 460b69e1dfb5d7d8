"""What is found for some letters, in a fixed number of statements: four, five for a teacher."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from attendance_site.find import page_names
from registers.marks.day_sheet import natural, with_group
from registers.models import Appointment, Enrolment, Group
from registers.models.on_roll import NEVER
from registers.roll.search import called
from registers.rules.pupils.names import best_first, search_key, with_both, words_typed
from registers.rules.pupils.namesakes import namesake_of, told_apart
from registers.web.access import SchoolViewer

MOST = 8  # of each kind that are shown
MOST_READ = 60  # spells of pupils that are ranked
FEWEST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class QuickAction:
    """The usual thing that is done with what was found."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    title: str
    url: str
    sub: str = ""
    apart: str = ""  # from a namesake among the results
    acts: Sequence[QuickAction] = ()


@dataclass(frozen=True, slots=True)
class ResultKind:
    """`more` are those that are not shown."""

    title: str
    results: list[SearchResult]
    more: int = 0


@dataclass(slots=True)
class SearchResults:
    kinds: list[ResultKind] = field(default_factory=list)
    is_too_short: bool = False

    @property
    def number(self) -> int:
        return sum(len(kind.results) for kind in self.kinds)

    @property
    def in_words(self) -> str:
        """For whoever hears the page instead of seeing it."""
        number = self.number
        return (
            f"{number} {'result' if number == 1 else 'results'}" if number else "Nothing is found"
        )


def is_too_short(text: str) -> bool:
    """One letter finds half a school; one sign of another script can be a whole name."""
    parts = [part for _, parts in words_typed(text) for part in parts]
    return not parts or ("".join(parts).isascii() and len("".join(parts)) < FEWEST_LETTERS)


def find(viewer: SchoolViewer, text: str, today: date) -> SearchResults:
    """Everything of the place's school that these letters find and the person may open."""
    if is_too_short(text):
        return SearchResults(is_too_short=True)
    parts = [part for _, parts in words_typed(text) for part in parts]
    kinds = [
        _pupils(viewer, text, today),
        _groups(viewer, parts, today),
        _pages(viewer, parts),
        _colleagues(viewer, parts),
    ]
    return SearchResults([kind for kind in kinds if kind.results])


def _urn(viewer: SchoolViewer) -> str:
    assert viewer.school is not None  # the address names it
    return viewer.school.urn


def _pupils(viewer: SchoolViewer, text: str, today: date) -> ResultKind:
    mine = viewer.enrolments().filter(called(text)).exclude(leaves_on=NEVER)
    rows = with_group(mine, today).select_related("pupil")
    by_pupil: dict[int, Enrolment] = {}
    for row in rows.order_by("pupil__sort_key", "pupil__born_on", "pupil", "-starts_on")[
        :MOST_READ
    ]:
        by_pupil.setdefault(row.pupil_id, row)
    ranked = best_first([row.pupil for row in by_pupil.values()], text)
    ranked.sort(key=lambda pupil: not by_pupil[pupil.pk].is_on_roll(today))
    shown = [by_pupil[pupil.pk] for pupil in ranked[:MOST]]
    apart = told_apart(
        ((row.pupil_id, namesake_of(row.pupil, group=_group(row))) for row in shown),
        with_birth=viewer.may("keep_pupils"),
    )
    results = [_pupil(viewer, row, apart.get(row.pupil_id, ""), today) for row in shown]
    return ResultKind("Pupils", results, len(ranked) - len(shown))


def _group(row: Enrolment) -> str:
    """As `with_group` has read it."""
    return getattr(row, "group_name", None) or ""


def _pupil(viewer: SchoolViewer, row: Enrolment, apart: str, today: date) -> SearchResult:
    pupil, urn = row.pupil, _urn(viewer)
    is_here = row.is_on_roll(today)
    sub = _group(row)
    if not is_here:
        gone = row.leaves_on is not None and row.leaves_on < today
        sub = f"left {_day(row.leaves_on)}" if gone else f"comes {_day(row.starts_on)}"
    return SearchResult(
        with_both(pupil.forename, pupil.preferred_name, pupil.surname),
        reverse("interventions:pupil", args=[urn, pupil.pk]),
        sub,
        apart,
        _acts(viewer, row) if is_here else (),
    )


def _day(on: date | None) -> str:
    return f"{on.day} {on:%b %Y}" if on else ""


def _acts(viewer: SchoolViewer, row: Enrolment) -> list[QuickAction]:
    """What is usually done with a pupil on the roll, by whoever may: the first has a key."""
    urn, pupil = _urn(viewer), row.pupil
    name = f"{pupil.forename} {pupil.surname}"
    known = (
        ("amend_mark", "Late", "registers:late_desk", [urn], {"q": name}),
        ("see_morning", "Sign out", "registers:sign_outs", [urn], {"pupil": row.pk}),
        (
            "record_intervention",
            "Log",
            "interventions:intervention_new",
            [urn, pupil.pk],
            {"kind": "conversation"},
        ),
        ("plan_absence", "Plan", "registers:planned_new", [urn], {"pupil": pupil.pk}),
    )
    return [
        QuickAction(words, f"{reverse(address, args=args)}?{urlencode(asked)}")
        for action, words, address, args, asked in known
        if viewer.may(action)
    ]


def _groups(viewer: SchoolViewer, parts: Sequence[str], today: date) -> ResultKind:
    groups = Group.objects.filter(school=viewer.school)
    if viewer.own_groups is not None:
        groups = groups.filter(pk__in=viewer.own_groups)
    if not viewer.may("see_mark"):
        return ResultKind("Groups", [])
    matches = [one for one in groups.order_by() if _begins(search_key(one.name), parts)]
    matches.sort(key=lambda one: (one.kind != "registration", natural(one.name)))
    results = [
        SearchResult(
            one.name,
            reverse("registers:grid", args=[_urn(viewer), one.pk, today]),
            one.get_kind_display(),
            acts=[QuickAction("Set-up", reverse("registers:group", args=[_urn(viewer), one.pk]))]
            if viewer.may("keep_pupils")
            else (),
        )
        for one in matches[:MOST]
    ]
    return ResultKind("Groups", results, max(0, len(matches) - MOST))


def _begins(key: str, parts: Sequence[str]) -> bool:
    return all(f" {part}" in key for part in parts)


def _pages(viewer: SchoolViewer, parts: Sequence[str]) -> ResultKind:
    mine = [page for page in page_names.PAGES if viewer.may(page.action)]
    pages = page_names.matching_pages(mine, parts)
    results = [
        SearchResult(page.title, reverse(page.address, args=[_urn(viewer)]))
        for page in pages[:MOST]
    ]
    return ResultKind("Pages", results, max(0, len(pages) - MOST))


def _colleagues(viewer: SchoolViewer, parts: Sequence[str]) -> ResultKind:
    """For those who keep the staff, their appointment; for those who give cover, the cover page."""
    if not (viewer.may("keep_staff") or viewer.may("give_cover")):
        return ResultKind("Colleagues", [])
    appointments = (
        Appointment.objects.filter(Q(user__is_active=True), school=viewer.school)
        .select_related("user")
        .order_by("user__name", "pk")
    )
    colleagues = [one for one in appointments if _begins(search_key(str(one.user)), parts)]
    results = [
        SearchResult(
            str(one.user), _of_colleague(viewer, one), one.position or one.get_role_display()
        )
        for one in colleagues[:MOST]
    ]
    return ResultKind("Colleagues", results, max(0, len(colleagues) - MOST))


def _of_colleague(viewer: SchoolViewer, appointment: Appointment) -> str:
    if viewer.may("keep_staff"):
        return reverse("registers:appointment", args=[_urn(viewer), appointment.pk])
    return reverse("registers:cover", args=[_urn(viewer)])
