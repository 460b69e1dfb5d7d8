"""Documents that are drawn side by side: in order, told one by one, errors as from one process."""

import sys
from io import BytesIO

import pytest

from registers.web.documents import side_by_side
from registers.web.documents.helper import serve
from registers.web.documents.pdf import pdf_renderer
from registers.web.documents.side_by_side import helpers_for, print_each
from tests.documents.reading import Paper

DOCUMENTS = [f"<html><body><p>Number {n}</p></body></html>" for n in range(4)]


def texts(printed: list[tuple[bytes, int]]) -> list[str]:
    assert {pages for _, pages in printed} == {1}
    return [Paper(pdf).text.split(" Page")[0] for pdf, _ in printed]


NUMBERS = [f"Number {n}" for n in range(4)]


def test_two_processes_give_each_document_in_its_place(settings):
    settings.DOCUMENT_PROCESSES = 2
    told: list[tuple[int, int]] = []
    assert texts(print_each(DOCUMENTS, begun=lambda *those: told.append(those))) == NUMBERS
    assert told == sorted(told)
    assert {number for _, number in told} <= set(range(4))


def test_what_a_helper_cannot_draw_is_drawn_here_and_raises_here(settings, monkeypatch):
    settings.DOCUMENT_PROCESSES = 2
    with pytest.raises(ZeroDivisionError):
        print_each(DOCUMENTS, begun=lambda *_: 1 / 0)
    for gone in ("", "input()", "input(); print('0 0', flush=True); input(); print(1, 99)"):
        monkeypatch.setattr(side_by_side, "HELPER", (sys.executable, "-c", gone))
        assert texts(print_each(DOCUMENTS, begun=lambda *_: None)) == NUMBERS


def test_a_helper_puts_its_font_files_away(settings, monkeypatch, tmp_path):
    settings.DOCUMENT_PROCESSES = 2
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # read by the helper; this process has its own
    print_each(DOCUMENTS, begun=lambda *_: None)
    assert not list(tmp_path.iterdir())


def test_a_helper_says_that_it_could_not_and_goes_on(monkeypatch):
    def draw(html: str) -> tuple[bytes, int]:
        return (b"PDF", 1) if html == "good" else 1 / 0

    monkeypatch.setattr(pdf_renderer(), "print", draw)
    answers = BytesIO()
    serve(BytesIO(b'"bad"\n"good"\n'), answers)
    assert answers.getvalue() == b"0 0\n1 3\nPDF"


@pytest.mark.parametrize(
    ("processes", "documents", "helpers"),
    [(1, 40, 0), (2, 1, 0), (2, 3, 0), (2, 4, 1), (2, 40, 1), (4, 6, 2), (4, 40, 3), (0, 40, 0)],
)
def test_a_helper_has_at_least_two_to_draw(settings, processes, documents, helpers):
    settings.DOCUMENT_PROCESSES = processes
    assert helpers_for(documents) == helpers
