"""HTML as a tagged PDF: letters, packs, lists. What asks for a document asks here.

Made for a prefork worker: each process has a renderer of its own, made when it first draws.
"""

import atexit
import gc
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from registers.web.documents.weasy import PdfRenderer


# By process id, and never dropped: a renderer that a fork has left behind would, when collected,
# take away the font files that its own process still needs.
_renderers: dict[int, "PdfRenderer"] = {}
atexit.register(_renderers.clear)  # while WeasyPrint can still put its font files away


def pdf_renderer() -> "PdfRenderer":
    """The renderer of this process, made on first use, and WeasyPrint imported with it.

    For workers and commands: whoever asks for a page waits for no PDF.
    """
    return _renderer_of(os.getpid())


def put_font_files_away() -> None:
    """For a process that ends without `atexit`, as Celery's do: it has drawn its last document.

    WeasyPrint takes the files away when its fonts are collected. They are in a circle, and frozen.
    """
    if _renderers.pop(os.getpid(), None) is not None:
        gc.unfreeze()
        gc.collect()


def _renderer_of(process: int) -> "PdfRenderer":
    if process not in _renderers:
        from registers.web.documents.weasy import PdfRenderer

        _renderers.setdefault(process, PdfRenderer())
    return _renderers[process]
