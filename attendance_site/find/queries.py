"""What is found for some letters, in a fixed number of statements: four, five for a teacher."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import TypeVar
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
Match = TypeVar("Match")


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

    @property
    def number(self) -> int:
        return len(self.results) + self.more


def kind_of(
    title: str, matches: Sequence[Match], result_of: Callable[[Match], SearchResult]
) -> ResultKind:
    """The first MOST of what matches."""
    results = list(map(result_of, matches[:MOST]))
    return ResultKind(title, results, len(matches) - len(results))


@dataclass(frozen=True, slots=True)
class SearchResults:
    """What `text` finds; nothing is looked for where it is too short."""

    text: str
    kinds: Sequence[ResultKind] = ()
    is_too_short: bool = False

    @property
    def number(self) -> int:
        return sum(len(kind.results) for kind in self.kinds)


def _parts(text: str) -> list[str]:
    return list(chain.from_iterable(parts for _, parts in words_typed(text)))


def is_too_short(text: str) -> bool:
    """One letter finds half a school; one sign of another script can be a whole name."""
    letters = "".join(_parts(text))
    return letters.isascii() and len(letters) < FEWEST_LETTERS


def find(viewer: SchoolViewer, text: str, today: date) -> SearchResults:
    """Everything of the place's school that these letters find and the person may open."""
    if is_too_short(text):
        return SearchResults(text, is_too_short=True)
    parts = _parts(text)
    kinds = (
        _pupils(viewer, text, today),
        _groups(viewer, parts, today),
        _pages(viewer, parts),
        _colleagues(viewer, parts),
    )
    return SearchResults(text, [kind for kind in kinds if kind.results])


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
    spells = [by_pupil[pupil.pk] for pupil in ranked]
    spells.sort(key=lambda row: not row.is_on_roll(today))
    apart = told_apart(
        ((row.pupil_id, namesake_of(row.pupil, group=_group(row))) for row in spells[:MOST]),
        with_birth=viewer.may("keep_pupils"),
    )
    return kind_of(
        "Pupils",
        spells,
        lambda row: _pupil(viewer, row, apart.get(row.pupil_id, ""), today),
    )


def _group(row: Enrolment) -> str:
    """As `with_group` has read it."""
    return getattr(row, "group_name", None) or ""


def _pupil(viewer: SchoolViewer, row: Enrolment, apart: str, today: date) -> SearchResult:
    pupil, urn = row.pupil, _urn(viewer)
    is_here = row.is_on_roll(today)
    return SearchResult(
        with_both(pupil.forename, pupil.preferred_name, pupil.surname),
        reverse("interventions:pupil", args=[urn, pupil.pk]),
        _group(row) if is_here else _when(row, today),
        apart,
        _acts(viewer, row) if is_here else (),
    )


def _when(row: Enrolment, today: date) -> str:
    """Of somebody who is not on the roll today."""
    if row.leaves_on is not None and row.leaves_on < today:
        return f"left {_day(row.leaves_on)}"
    return f"comes {_day(row.starts_on)}"


def _day(on: date) -> str:
    return f"{on.day} {on:%b %Y}"


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
    if not viewer.may("see_mark"):
        return ResultKind("Groups", [])
    groups = Group.objects.filter(school=viewer.school)
    if viewer.own_groups is not None:
        groups = groups.filter(pk__in=viewer.own_groups)
    matches = [group for group in groups.order_by() if _begins(search_key(group.name), parts)]
    matches.sort(key=lambda group: (group.kind != "registration", natural(group.name)))
    return kind_of("Groups", matches, lambda group: _group_result(viewer, group, today))


def _group_result(viewer: SchoolViewer, group: Group, today: date) -> SearchResult:
    urn = _urn(viewer)
    set_up = QuickAction("Set-up", reverse("registers:group", args=[urn, group.pk]))
    return SearchResult(
        group.name,
        reverse("registers:grid", args=[urn, group.pk, today]),
        group.get_kind_display(),
        acts=[set_up] if viewer.may("keep_pupils") else (),
    )


def _begins(key: str, parts: Sequence[str]) -> bool:
    return all(f" {part}" in key for part in parts)


def _pages(viewer: SchoolViewer, parts: Sequence[str]) -> ResultKind:
    mine = [page for page in page_names.PAGES if viewer.may(page.action)]
    return kind_of(
        "Pages",
        page_names.matching_pages(mine, parts),
        lambda page: SearchResult(page.title, reverse(page.address, args=[_urn(viewer)])),
    )


def _colleagues(viewer: SchoolViewer, parts: Sequence[str]) -> ResultKind:
    """For those who keep the staff, their appointment; for those who give cover, the cover page."""
    if not (viewer.may("keep_staff") or viewer.may("give_cover")):
        return ResultKind("Colleagues", [])
    appointments = (
        Appointment.objects.filter(Q(user__is_active=True), school=viewer.school)
        .select_related("user")
        .order_by("user__name", "pk")
    )
    colleagues = [held for held in appointments if _begins(search_key(str(held.user)), parts)]
    return kind_of("Colleagues", colleagues, lambda held: _colleague(viewer, held))


def _colleague(viewer: SchoolViewer, appointment: Appointment) -> SearchResult:
    url = reverse("registers:cover", args=[_urn(viewer)])
    if viewer.may("keep_staff"):
        url = reverse("registers:appointment", args=[_urn(viewer), appointment.pk])
    return SearchResult(str(appointment.user), url, appointment.named_position)
