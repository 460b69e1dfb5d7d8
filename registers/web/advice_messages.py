"""What a message on the next page says: advice about marks, why something was not done."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest

from registers.models import Enrolment
from registers.policies import Refused
from registers.rules.allowed_codes import paper_needed
from registers.rules.grouping import grouped
from registers.rules.wording import listed

NAMED = 3  # pupils; of more only the number is said


def say_advice(request: HttpRequest, found: Mapping[int, Sequence[str]]) -> None:
    """`found` are sentences by enrolment; each sentence is said once, for whom it is meant.

    One statement, and none where there is nothing to say.
    """
    if not found:
        return
    rows = Enrolment.objects.filter(pk__in=list(found)).select_related("pupil")
    names = {row.pk: f"{row.pupil.forename} {row.pupil.surname}" for row in rows}
    whom = grouped(
        (sentence, names.get(enrolment, "A pupil"))
        for enrolment, sentences in found.items()
        for sentence in dict.fromkeys(sentences)
    )
    for sentence, those in whom.items():
        messages.warning(request, f"{_named(those)}: {sentence}")


def _named(names: Sequence[str]) -> str:
    if len(names) <= NAMED:
        return listed(names)
    return f"{', '.join(names[: NAMED - 1])} and {len(names) - NAMED + 1} others"


def paper_to_complete(symbol: str) -> str:
    """A sentence for behind what was saved."""
    return f" {symbol} needs a paper: {paper_needed(symbol)}. It is on the list of papers."


@contextmanager
def refusals_as_messages(request: HttpRequest, level: int = messages.WARNING) -> Iterator[None]:
    """What an action refuses is said on the page that comes next."""
    try:
        yield
    except Refused as refusal:
        messages.add_message(request, level, str(refusal))
