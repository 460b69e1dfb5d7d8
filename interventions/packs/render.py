"""A pack as one PDF: each pupil printed apart, then put together with contents and page numbers."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import accumulate

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from interventions.packs import words
from interventions.packs.files import PackYear
from interventions.packs.words import CasePaper, PanelPaper
from registers.web.documents.merging import headings, merge
from registers.web.documents.pdf import pdf_renderer

FOLDER = "interventions/packs"
Tell = Callable[[int, str], None]  # how many pupils are done, and what is done now


def draw_pack(
    panel: PanelPaper,
    cases: Sequence[CasePaper],
    year: PackYear,
    *,
    for_family: bool,
    stood_at: datetime,
    tell: Tell,
) -> tuple[bytes, int]:
    """The PDF and how many pages it has. One part is in memory as a page tree at a time.

    The cover is printed twice: the first time to see how many pages it takes, since the pages of
    the contents depend on it.
    """
    parts: list[tuple[bytes, int]] = []
    for number, case in enumerate(cases):
        tell(number, f"Writing the pages of {case.pupil.name}.")
        parts.append(_part(case, year, panel, for_family=for_family))
    tell(len(cases), "Putting the pages together.")
    marks = [headings(pdf) for pdf, _ in parts]

    def cover(cover_pages: int) -> tuple[bytes, int]:
        starts = list(accumulate([count for _, count in parts], initial=cover_pages + 1))
        contents = words.contents_of(marks, starts[:-1])
        return _print(
            "cover.html",
            words.cover_context(
                panel, cases, year, contents, for_family=for_family, stood_at=stood_at
            ),
        )

    first, pages = cover(cover(2)[1])
    total = pages + sum(count for _, count in parts)
    whole = merge(
        [first, *(pdf for pdf, _ in parts)],
        title=words.title(panel, year),
        numbers=_print("numbers.html", {"pages": range(total), "title": ""})[0],
    )
    return whole, total


def _part(
    case: CasePaper, year: PackYear, panel: PanelPaper, *, for_family: bool
) -> tuple[bytes, int]:
    context = words.part_context(case, year, panel, for_family=for_family)
    context["chart"] = mark_safe(context["chart"])  # noqa: S308 (drawn here, its words escaped)
    return _print("part.html", context)


def _print(template: str, context: dict) -> tuple[bytes, int]:
    return pdf_renderer().print(render_to_string(f"{FOLDER}/{template}", context))
