"""Imports through the browser: files are kept, understood, checked, looked at, and then read in.

A check is a job that writes nothing: it proposes what the files are, and where nothing is open to
ask it says what they would change. An import is a job that somebody started from a check, or from
an import that was broken off. All jobs of one upload are one page (`latest`).
"""

from registers.exchange.pages.actions.start import (
    BRING_IN,
    BUSY,
    CHECK,
    GONE,
    KINDS,
    answer_questions,
    go_on,
    latest,
    running,
    start_check,
    start_import,
    throw_away,
    upload_of,
)
from registers.exchange.pages.actions.work import bring_in, check_upload, kept_alive

__all__ = [
    "BRING_IN",
    "BUSY",
    "CHECK",
    "GONE",
    "KINDS",
    "answer_questions",
    "bring_in",
    "check_upload",
    "go_on",
    "kept_alive",
    "latest",
    "running",
    "start_check",
    "start_import",
    "throw_away",
    "upload_of",
]
