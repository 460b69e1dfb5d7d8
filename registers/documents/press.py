"""HTML as a tagged PDF, by WeasyPrint: letters, packs, lists.

Made for a prefork worker. WeasyPrint's FontConfiguration must not be shared between threads nor
carried over a fork, so each process makes its own on first use and draws under a lock.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from urllib.parse import unquote, urlsplit

import pydyf
from django.conf import settings
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

DOCUMENTS = Path(settings.BASE_DIR) / "static" / "documents"
NEEDED = ("print.css", "folds.svg", "fonts/SourceSans3-Regular.ttf", "fonts/SourceSans3-Bold.ttf")
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


@dataclass
class Press:
    """What one process draws with: fonts and style sheet are read once."""

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

    def print(self, html: str) -> tuple[bytes, int]:
        """The PDF and how many pages it has."""
        base = DOCUMENTS.as_uri() + "/"
        with self.lock:
            page = HTML(string=html, base_url=base, url_fetcher=self.fetcher)
            document = page.render(
                font_config=self.fonts, stylesheets=[self.style], pdf_variant="pdf/ua-1"
            )
            pdf = document.write_pdf(pdf_variant="pdf/ua-1", finisher=say_scopes)
            return pdf, len(document.pages)


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


# By process id, and never dropped: a press that a fork has left behind would, when collected,
# take away the font files that its own process still needs.
_presses: dict[int, Press] = {}


def press() -> Press:
    """The press of this process, made on first use."""
    process = os.getpid()
    if process not in _presses:
        _presses.setdefault(process, Press())
    return _presses[process]
