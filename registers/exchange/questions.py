"""What Rollbook asks of a person who brings files, as data. No Django in this module."""

from dataclasses import dataclass, field

Answers = dict[str, str]  # by id of the question: the value of a choice; kept as JSON


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that a file does not say. The same answer serves the command and the page."""

    id: str
    source: str  # the file or sheet, as a person knows it
    about: str  # the column or the word
    words: str  # the question as a sentence
    choices: tuple[tuple[str, str], ...] = field(default=())  # value, label; none: free text
    suggested: str | None = None
