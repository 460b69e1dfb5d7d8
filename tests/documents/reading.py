"""Reads a PDF back: words with their place, the tree of tags, fonts."""

import atexit
import re
from collections.abc import Iterator
from io import BytesIO

import pikepdf
import pypdfium2
from django.http import HttpResponse

from registers.web.documents.pdf import pdf_renderer

MM = 72 / 25.4
BAR = re.compile(r"<nav class=\"print-bar\".*?</nav>", re.DOTALL)  # on the screen alone


class Paper:
    """A rendered document, as somebody who opens the file finds it."""

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdf
        self.file = pikepdf.open(BytesIO(pdf))
        self.drawn = pypdfium2.PdfDocument(pdf)
        atexit.register(self.drawn.close)  # samples are kept until the end

    @property
    def pages(self) -> int:
        return len(self.drawn)

    @property
    def text(self) -> str:
        """All words, parted by single spaces."""
        return " ".join(
            " ".join(self._words(n).get_text_bounded() for n in range(self.pages)).split()
        )

    def boxes(self) -> Iterator[tuple[str, float, float, float, float]]:
        """First page: text with its left, top, right and bottom in mm from the top left corner."""
        words, height = self._words(0), self.drawn.get_page_size(0)[1]
        for n in range(words.count_rects()):
            left, bottom, right, top = words.get_rect(n)
            text = words.get_text_bounded(left, bottom, right, top)
            yield text, left / MM, (height - top) / MM, right / MM, (height - bottom) / MM

    def _words(self, page: int) -> pypdfium2.PdfTextPage:
        return self.drawn[page].get_textpage()

    def tags(self) -> Iterator[pikepdf.Dictionary]:
        """Every element of the structure tree, from the root down."""
        waiting = [self.file.Root.StructTreeRoot]
        while waiting:
            tag = waiting.pop()
            if not isinstance(tag, pikepdf.Dictionary):
                continue
            if "/S" in tag:
                yield tag
            kids = tag.get("/K", [])
            waiting += list(kids) if isinstance(kids, pikepdf.Array) else [kids]

    def tagged(self, kind: str) -> list[pikepdf.Dictionary]:
        return [tag for tag in self.tags() if str(tag.S) == kind]

    def fonts(self) -> dict[str, pikepdf.Dictionary]:
        """Name of each font -> its descriptor."""
        found = {}
        for page in self.file.pages:
            for font in page.Resources.get("/Font", {}).values():
                inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
                found[str(font.BaseFont)] = inner.FontDescriptor
        return found


def as_printed(page: HttpResponse) -> Paper:
    """A page that is made to be printed, on paper."""
    assert page["Content-Type"].startswith("text/html")
    return Paper(pdf_renderer().print(BAR.sub("", page.text))[0])
