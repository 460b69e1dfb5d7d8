"""A process that draws for another: `python -m registers.web.documents.helper`.

A line of JSON in, the HTML; out a line with the number of pages and of bytes, and the PDF. No pages
are said where it could not draw. Ends with its input.
"""

import json
import sys
from typing import BinaryIO

from registers.web.documents.pdf import pdf_renderer


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    for line in asked:
        pdf, pages = _drawn(json.loads(line))
        answers.write(b"%d %d\n" % (pages, len(pdf)) + pdf)
        answers.flush()


def _drawn(html: str) -> tuple[bytes, int]:
    try:
        return pdf_renderer().print(html)
    except Exception:  # who asked draws it again, and says what is wrong
        return b"", 0


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
