"""Between the pages of letters: addresses that stay with their kind, the letter asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from interventions.letters.queries import letters_of
from interventions.models import Letter, LetterCopy
from interventions.rules.letter_kinds import KINDS, Kind
from registers.web.access import PageRequest


def kind_asked(request: PageRequest) -> str:
    """The kind of letter that the page is held to; empty for all."""
    kind = request.GET.get("kind", "")
    return kind if kind in KINDS else ""


def kind_query(request: PageRequest) -> str:
    """What an address carries on so that the page stays with its kind."""
    kind = kind_asked(request)
    return f"?kind={kind}" if kind else ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A way to a part of the letters; `count` says how many there are, where it is said."""

    title: str
    address: str
    is_current: bool
    count: int | None = None


def kind_tabs(address: str, kinds: Sequence[tuple[Kind, int]], asked: str) -> list[Tab]:
    """All kinds, then each of these with its number; `address` is that of all."""
    joined = "&" if "?" in address else "?"
    return [
        Tab("All kinds", address, not asked),
        *(
            Tab(kind.title, f"{address}{joined}kind={kind.key}", kind.key == asked, count)
            for kind, count in kinds
        ),
    ]


def letter_here(request: PageRequest, letter_id: int) -> Letter:
    return get_object_or_404(letters_of(request.viewer.school), pk=letter_id)


def copy_here(request: PageRequest, letter_id: int, copy_id: int) -> LetterCopy:
    return get_object_or_404(
        LetterCopy.objects.select_related("letter"),
        pk=copy_id,
        letter=letter_id,
        letter__enrolment__school=request.viewer.school,
    )


def letter_address(request: PageRequest, letter_id: int, name: str = "letter") -> str:
    where = {"urn": request.viewer.school.urn, "letter_id": letter_id}
    return reverse(f"interventions:{name}", kwargs=where) + kind_query(request)


def to_letter(request: PageRequest, letter_id: int) -> HttpResponse:
    return redirect(letter_address(request, letter_id))
