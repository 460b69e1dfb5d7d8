"""Advice about marks that were just made, as messages on the next page."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.http import HttpRequest

from registers.models import Enrolment
from registers.rules.allowed_codes import paper_needed

NAMED = 3  # pupils; of more only the number is said


def say_advice(request: HttpRequest, found: Mapping[int, Sequence[str]]) -> None:
    """`found` are sentences by enrolment; each sentence is said once, for whom it is meant.

    One statement, and none where there is nothing to say.
    """
    if not found:
        return
    rows = Enrolment.objects.filter(pk__in=list(found)).select_related("pupil")
    names = {row.pk: f"{row.pupil.forename} {row.pupil.surname}" for row in rows}
    whom = defaultdict(list)
    for enrolment, sentences in found.items():
        for sentence in dict.fromkeys(sentences):
            whom[sentence].append(names.get(enrolment, "A pupil"))
    for sentence, those in whom.items():
        messages.warning(request, f"{_named(those)}: {sentence}")


def _named(names: Sequence[str]) -> str:
    if len(names) > NAMED:
        return f"{', '.join(names[: NAMED - 1])} and {len(names) - NAMED + 1} others"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def paper_to_complete(symbol: str) -> str:
    """A sentence for behind what was saved."""
    return f" {symbol} needs a paper: {paper_needed(symbol)}. It is on the list of papers."
