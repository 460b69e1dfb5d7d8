"""How long letters and packs take, by one process and by two, and what a worker keeps of them."""

import resource
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import django
from django.conf import settings
from weasyprint import HTML

from benchmarks.documents import papers
from benchmarks.timing import Row, must_equal
from interventions.letters.render import letter_html, render_letter
from interventions.packs.render import draw_pack
from interventions.rules.letter_kinds import PERSISTENT_ABSENCE
from registers.web.documents.merging import headings
from registers.web.documents.pdf import pdf_renderer
from registers.web.documents.weasy import DOCUMENTS

ROUNDS, LETTERS, OF_WORKERS = 7, 10, 120
FLAT_FROM, FLAT_TO = 100, 500  # letters between which a worker's memory is to be flat
PLAIN = "<p>Dear parent or carer</p>" + 14 * (
    "<p>This paragraph stands for one of a letter, with as many words as most of them have, so "
    "that fourteen of it fill a page.</p>"
)


def rows() -> list[Row]:
    return [*letters(), *workers(), memory(), *packs()]


def new_processes(number: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(number, mp_context=get_context("spawn"), initializer=django.setup)


def cpu_by_turns(*works: Callable[[], object]) -> list[list[float]]:
    """Seconds of the processor for each, in rounds in which each has its turn."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for mine, work in zip(times, works, strict=True):
            before = process_time()
            work()
            mine.append(process_time() - before)
    return times


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, str]:
    """The median of the rounds' ratios, and their spread with both medians in words."""
    each = sorted(one / other for one, other in zip(ours, theirs, strict=True))
    medians = " / ".join(f"{1000 * median(times) / LETTERS:.0f} ms" for times in (ours, theirs))
    return median(each), f"{medians}; {each[0]:.2f} to {each[-1]:.2f}"


# --- letters


def bare(html: str) -> bytes:
    """What WeasyPrint's manual says: one font configuration and one style sheet for all."""
    renderer = pdf_renderer()
    page = HTML(string=html, base_url=DOCUMENTS.as_uri() + "/", url_fetcher=renderer.fetcher)
    return page.write_pdf(
        font_config=renderer.fonts, stylesheets=[renderer.style], pdf_variant="pdf/ua-1"
    )


def letters() -> Iterator[Row]:
    contexts = papers.letter_contexts(LETTERS)
    pages = [letter_html(PERSISTENT_ABSENCE, context) for context in contexts]
    plain = [page[: page.index("<main")] + f"{PLAIN}</body></html>" for page in pages]
    for context, page in zip(contexts, pages, strict=True):
        ours = headings(render_letter(PERSISTENT_ABSENCE, context))
        must_equal("bookmarks of a letter", ours, headings(bare(page)))
    ours, theirs, simple = cpu_by_turns(
        lambda: [render_letter(PERSISTENT_ABSENCE, context) for context in contexts],
        lambda: list(map(bare, pages)),
        lambda: list(map(bare, plain)),
    )
    value, shown = ratio(ours, theirs)
    yield Row("letter from its figures to a PDF, to the bare loop", value, 1.2, shown=shown)
    value, shown = ratio(theirs, simple)
    yield Row("letter, to a plain page of paragraphs", value, 1.5, shown=shown)


def draw_letters(number: int) -> float:
    for context in papers.letter_contexts(number):
        render_letter(PERSISTENT_ABSENCE, context)
    return process_time()


def workers() -> Iterator[Row]:
    """The same letters by one process and by two that are there already."""
    with new_processes(2) as pool:
        list(pool.map(draw_letters, [2, 2, 2, 2]))
        one, two = [], []
        for _ in range(3):
            one.append(_elapsed(lambda: list(pool.map(draw_letters, [OF_WORKERS]))))
            two.append(_elapsed(lambda: list(pool.map(draw_letters, 2 * [OF_WORKERS // 2]))))
    shown = " / ".join(f"{OF_WORKERS / median(times):.0f} a second" for times in (two, one))
    yield Row(
        "letters by two processes, to one", median(one) / median(two), at_least=1.8, shown=shown
    )


def _elapsed(work: Callable[[], object]) -> float:
    before = perf_counter()
    work()
    return perf_counter() - before


def memory() -> Row:
    with new_processes(1) as pool:
        first = pool.submit(megabytes_after, FLAT_FROM).result()
        last = pool.submit(megabytes_after, FLAT_TO - FLAT_FROM).result()
    shown = f"{last:.0f} / {first:.0f} MB"
    return Row(
        f"memory after {FLAT_TO} letters, to after {FLAT_FROM}", last / first, 1.05, shown=shown
    )


def megabytes_after(letters: int) -> float:
    """What the process holds when it has drawn so many more."""
    draw_letters(letters)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


# --- packs


def packs() -> Iterator[Row]:
    cases, year = papers.pack()

    def draw(processes: int) -> bytes:
        settings.DOCUMENT_PROCESSES = processes
        return draw_pack(
            papers.PANEL,
            cases,
            year,
            for_family=False,
            stood_at=papers.STOOD_AT,
            tell=lambda *_: None,
        )[0]

    must_equal("bookmarks of a pack", headings(draw(1)), headings(draw(2)))
    times = [(_elapsed(lambda: draw(1)), _elapsed(lambda: draw(2))) for _ in range(3)]
    one, two = (median(each) for each in zip(*times, strict=True))
    yield Row("pack of ten by two processes, seconds", two, 5, shown=f"{one:.1f} s by one")
