"""Several documents at once, in as many processes as `DOCUMENT_PROCESSES` says.

This process draws too. Each helper is a process of its own, started anew (a renderer must not be
carried over a fork) and gone with the last document. It knows neither database nor people: HTML
goes in, a PDF comes out. Where this process is killed the pipe ends, and the helper with it.
"""

import json
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from subprocess import PIPE, Popen
from typing import IO, cast

from django.conf import settings

from registers.web.documents.pdf import pdf_renderer

HELPER = (sys.executable, "-m", "registers.web.documents.helper")
EACH_DRAWS = 2  # documents at least: a helper takes as long to start as one takes to draw
Printed = tuple[bytes, int]  # the PDF, and how many pages it has
Waiting = deque[tuple[int, str]]


def print_each(documents: Sequence[str], *, begun: Callable[[int, int], None]) -> list[Printed]:
    """Each document's PDF and its pages, in the order of the documents.

    `begun` is told how many are drawn, and the number of the one that is drawn here now. Raises
    what drawing raises: what a helper could not draw is tried again here.
    """
    waiting, printed = deque(enumerate(documents)), dict[int, Printed]()
    with ExitStack() as started:
        helpers = [started.enter_context(_helper()) for _ in range(helpers_for(len(documents)))]
        threads = started.enter_context(ThreadPoolExecutor())
        for helper in helpers:
            threads.submit(_let_draw, helper, waiting, printed)
        try:
            for number, html in _taken(waiting):
                begun(len(printed), number)
                printed[number] = pdf_renderer().print(html)
        finally:
            waiting.clear()
    for number in range(len(documents)):
        if number not in printed:
            printed[number] = pdf_renderer().print(documents[number])
    return [printed[number] for number in range(len(documents))]


def helpers_for(documents: int) -> int:
    """How many processes beside this one so many documents are worth."""
    return max(0, min(settings.DOCUMENT_PROCESSES, documents // EACH_DRAWS) - 1)


def _taken(waiting: Waiting) -> Iterator[tuple[int, str]]:
    """One after the other is taken, here and by the helpers, until none is left."""
    with suppress(IndexError):
        while True:
            yield waiting.popleft()


def _let_draw(helper: Popen[bytes], waiting: Waiting, printed: dict[int, Printed]) -> None:
    with suppress(OSError):  # it is gone
        for number, html in _taken(waiting):
            if answer := _drawn_by(helper, html):
                printed[number] = answer


def _drawn_by(helper: Popen[bytes], html: str) -> Printed | None:
    """None where it could not draw, or is gone."""
    asked, answers = cast(IO[bytes], helper.stdin), cast(IO[bytes], helper.stdout)
    asked.write(json.dumps(html).encode() + b"\n")
    asked.flush()
    pages, length = map(int, answers.readline().split() or (0, 0))
    pdf = answers.read(length)
    return (pdf, pages) if pages and len(pdf) == length else None


@contextmanager
def _helper() -> Iterator[Popen[bytes]]:
    """A process that draws what it is sent, until the pipe is closed.

    Not one of multiprocessing: Celery's own processes may not start those.
    """
    with Popen(HELPER, stdin=PIPE, stdout=PIPE, cwd=settings.BASE_DIR) as helper:
        try:
            yield helper
        finally:  # it ends with its input, and puts its font files away
            with suppress(BrokenPipeError):  # what it took no more
                cast(IO[bytes], helper.stdin).close()
