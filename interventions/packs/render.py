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
from registers.web.documents.side_by_side import print_each

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
    """The PDF and how many pages it has. One part is in memory as a page tree at a time."""
    pages_of_pupils = [_part(case, year, panel, for_family=for_family) for case in cases]
    parts = print_each(
        pages_of_pupils, begun=lambda done, number: tell(done, _said_of(cases[number]))
    )
    tell(len(cases), "Putting the pages together.")
    bookmarks = [headings(pdf) for pdf, _ in parts]
    lengths = [pages for _, pages in parts]

    def print_cover(cover_pages: int) -> tuple[bytes, int]:
        starts = list(accumulate(lengths, initial=cover_pages + 1))
        contents = words.contents_of(bookmarks, starts[:-1])
        return _print(
            "cover.html",
            words.cover_context(
                panel, cases, year, contents, for_family=for_family, stood_at=stood_at
            ),
        )

    cover, cover_pages = _as_long_as_said(print_cover, 1 + len(words.in_columns(bookmarks)))
    total = cover_pages + sum(lengths)
    whole = merge(
        [cover, *(pdf for pdf, _ in parts)],
        title=words.title(panel, year),
        numbers=_print("numbers.html", {"pages": range(total), "title": ""})[0],
    )
    return whole, total


def _said_of(case: CasePaper) -> str:
    return f"Writing the pages of {case.pupil.name}."


def _as_long_as_said(
    print_cover: Callable[[int], tuple[bytes, int]], said: int
) -> tuple[bytes, int]:
    """The cover: the pages in its contents depend on how many it takes itself. That is known before
    but for a long running order, after which it is printed once more."""
    cover, pages = print_cover(said)
    return (cover, pages) if pages == said else print_cover(pages)


def _part(case: CasePaper, year: PackYear, panel: PanelPaper, *, for_family: bool) -> str:
    context = words.part_context(case, year, panel, for_family=for_family)
    context["chart"] = mark_safe(context["chart"])  # noqa: S308 (drawn here, its words escaped)
    return render_to_string(f"{FOLDER}/part.html", context)


def _print(template: str, context: dict) -> tuple[bytes, int]:
    return pdf_renderer().print(render_to_string(f"{FOLDER}/{template}", context))
