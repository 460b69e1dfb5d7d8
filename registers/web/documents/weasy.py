"""How WeasyPrint draws our documents: its fonts, its style sheet, what it may open, what it lacks.

Importing WeasyPrint costs a second and 80 MB. Nothing but `pdf.pdf_renderer` imports this module,
and that when a first document is drawn, so that the web processes start without it.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from logging import WARNING, Handler, LogRecord
from pathlib import Path
from threading import Lock
from urllib.parse import unquote, urlsplit

import pydyf
from django.conf import settings
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.logger import LOGGER
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from registers.web.documents import unprintable
from registers.web.documents.rendered import RenderedPdf

DOCUMENTS = Path(settings.BASE_DIR) / "static" / "documents"
SCRIPTS = (  # each with a font of its own; the others are the system's (see print.css)
    "Arabic Bengali Devanagari Ethiopic Gujarati Gurmukhi Malayalam Sinhala SylotiNagri Tamil "
    "Telugu Thai"
).split()
NEEDED = (
    "print.css",
    "folds.svg",
    "fonts/SourceSans3-Regular.ttf",
    "fonts/SourceSans3-Bold.ttf",
    "fonts/NanumSquareR.ttf",  # Korean
    *(f"fonts/NotoSans{script}-Regular.ttf" for script in SCRIPTS),
)
TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".ttf": "font/ttf"}


class DocumentFilesOnly(URLFetcher):
    """Serves the style sheet, drawings and fonts in `static/documents`, and nothing else.

    A letter holds words from outside: no address in them may make the worker open a file or a
    connection.
    """

    def fetch(self, url: str, headers: dict | None = None) -> URLFetcherResponse:
        """Raises ValueError for any other address; WeasyPrint then draws without it."""
        parts = urlsplit(url)
        path = Path(unquote(parts.path)).resolve()
        if parts.scheme != "file" or parts.netloc or not path.is_relative_to(DOCUMENTS.resolve()):
            raise ValueError("A document may only use the files of static/documents.")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": TYPES[path.suffix]})


class _MissingGlyphs(Handler):
    """Collects the characters for which WeasyPrint found no glyph in any font."""

    def __init__(self) -> None:
        super().__init__(WARNING)
        self.found: set[str] = set()

    def emit(self, record: LogRecord) -> None:
        """Its one message with a character and the number of that character."""
        match record.args:
            case (str(character), int(number)) if character == chr(number):
                self.found.add(character)


@contextmanager
def no_glyph_for() -> Iterator[set[str]]:
    """What the fonts that draw have no glyph for, as it is found out: no list of ours to be wrong.

    To be used under the renderer's lock. The characters go to nobody else: they are of names.
    """
    handler, level, passes_on = _MissingGlyphs(), LOGGER.level, LOGGER.propagate
    LOGGER.addHandler(handler)
    LOGGER.setLevel(WARNING)
    LOGGER.propagate = False
    try:
        yield handler.found
    finally:
        LOGGER.removeHandler(handler)
        LOGGER.setLevel(level)
        LOGGER.propagate = passes_on


@contextmanager
def collected_afterwards() -> Iterator[None]:
    """No look for garbage in between: a page tree is full of cycles and lives until it is drawn, so
    that all looks but the last find nothing, and they took a fifth of a letter's time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@dataclass
class PdfRenderer:
    """What one process draws with: fonts and style sheet are read once.

    WeasyPrint's FontConfiguration must not be shared between threads nor carried over a fork, so
    each process has its own and draws under a lock.
    """

    fonts: FontConfiguration = field(default_factory=FontConfiguration)
    fetcher: DocumentFilesOnly = field(default_factory=DocumentFilesOnly)
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        """Raises FileNotFoundError rather than print letters in whatever font is to be had."""
        for name in NEEDED:
            if not (DOCUMENTS / name).is_file():
                raise FileNotFoundError(DOCUMENTS / name)
        self.style = CSS(
            url=(DOCUMENTS / "print.css").as_uri(), url_fetcher=self.fetcher, font_config=self.fonts
        )
        gc.freeze()  # what is loaded by now stays: a look for garbage after a letter leaves it out

    def print(self, html: str) -> tuple[bytes, int]:
        """The PDF and how many pages it has. What no font has is said at its end, in words."""
        drawn = self.draw(html)
        if drawn.missing:
            end = "</main>" if "</main>" in html else "</body>"
            drawn = self.draw(html.replace(end, f"{_warning(drawn.missing)}{end}"))
        return drawn.pdf, drawn.pages

    def draw(self, html: str) -> RenderedPdf:
        """The PDF, how many pages it has, and the characters that no font here could draw."""
        base = DOCUMENTS.as_uri() + "/"
        with self.lock, no_glyph_for() as missing, collected_afterwards():
            page = HTML(string=html, base_url=base, url_fetcher=self.fetcher)
            document = page.render(
                font_config=self.fonts, stylesheets=[self.style], pdf_variant="pdf/ua-1"
            )
            pdf = document.write_pdf(pdf_variant="pdf/ua-1", finisher=say_scopes)
            return RenderedPdf(pdf, len(document.pages), "".join(sorted(missing)))


def _warning(missing: str) -> str:
    """For a list that is wanted now: it is printed, and says what it could not print."""
    words = unprintable.listed(missing)
    return f'<p class="unprintable"><strong>Not printed:</strong> {escape(words)}.</p>'


def say_scopes(_document: Document, pdf: pydyf.PDF) -> None:
    """Gives every table heading the scope that PDF/UA-1 asks for and WeasyPrint 70 leaves out.

    A heading in the head of its table speaks for a column, every other for its row.
    """
    for tag in pdf.objects:
        if isinstance(tag, pydyf.Dictionary) and tag.get("S") == "/TH":
            section = _parent(_parent(tag, pdf), pdf)
            tag["A"]["Scope"] = "/Column" if section.get("S") == "/THead" else "/Row"


def _parent(tag: pydyf.Dictionary, pdf: pydyf.PDF) -> pydyf.Dictionary:
    """The element that holds this one, by the reference that it keeps: `b"12 0 R"`."""
    return pdf.objects[int(tag["P"].split()[0])]
