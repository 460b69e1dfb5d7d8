"""The queue of letters: which states stand together, in which order, in which words."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When
from django.http import HttpRequest

from interventions.models import Letter
from interventions.rules.letter_kinds import KINDS, Kind
from interventions.rules.letter_states import LetterState
from registers.models import School


@dataclass(frozen=True, slots=True)
class Queue:
    """States that one list shows together; `states` is also their order in it."""

    name: str
    title: str
    states: tuple[str, ...]
    empty_title: str
    empty: str


def _queue(name: str, title: str, *states: LetterState, empty_title: str, empty: str) -> Queue:
    return Queue(name, title, tuple(state.value for state in states), empty_title, empty)


WAITING = _queue(
    "waiting",
    "Waiting",
    LetterState.READY,
    LetterState.PROPOSED,
    LetterState.HELD,
    LetterState.FAILED,
    empty_title="No letters wait for you",
    empty="New ones are proposed each night, after the figures.",
)
QUEUES = (
    WAITING,
    _queue(
        "approved",
        "To send",
        LetterState.APPROVED,
        empty_title="Nothing to send",
        empty="A letter comes here when somebody has approved it.",
    ),
    _queue(
        "sent",
        "Sent",
        LetterState.SENT,
        LetterState.ANSWERED,
        empty_title="No letter has been sent",
        empty="What was sent stays here, as it was sent.",
    ),
    _queue(
        "dropped",
        "Dropped",
        LetterState.DROPPED,
        empty_title="No letter was dropped",
        empty="A dropped letter stays here with its reason, and is not proposed again that year.",
    ),
)
QUEUES_BY_NAME = {queue.name: queue for queue in QUEUES}

# How a state is said, the kind of its tag, and the heading of those that are in it.
SAID: dict[str, tuple[str, str, str]] = {
    "proposed": ("Being drawn", "", "Proposed, the PDF is being drawn"),
    "ready": ("Ready", "good", "Ready to be looked at"),
    "approved": ("Approved", "good", "Approved"),
    "sent": ("Sent", "", "Sent"),
    "answered": ("Answered", "good", "Answered"),
    "held": ("Held", "bad", "Held"),
    "dropped": ("Dropped", "quiet", "Dropped"),
    "failed": ("Failed", "bad", "Could not be drawn or sent"),
}
COPY_SAID: dict[str, tuple[str, str]] = {
    "queued": ("Waits for a worker", ""),
    "rendering": ("Being drawn", ""),
    "rendered": ("PDF ready", "good"),
    "failed": ("Failed", "bad"),
    "sending": ("Being sent", ""),
    "unsent": ("Not sent", "bad"),
    "sent": ("Sent", "good"),
    "left_out": ("Left out", "quiet"),
}


def in_queue_order(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    """By state as the queue has them, then by the pupil's name."""
    ranks = {state: rank for queue in QUEUES for rank, state in enumerate(queue.states)}
    rank = Case(
        *(When(state=state, then=Value(rank)) for state, rank in ranks.items()),
        output_field=IntegerField(),
    )
    return letters.annotate(rank=rank).order_by(
        "rank", "enrolment__pupil__sort_key", "-as_at", "pk"
    )


Counts = dict[tuple[str, str], int]  # letters by their state and kind


def counts_of(school: School) -> Counts:
    rows = Letter.objects.filter(enrolment__school=school).order_by()
    found = rows.values_list("state", "kind").annotate(Count("pk"))
    return {(state, kind): number for state, kind, number in found}


def of_queue(counts: Counts, queue: Queue) -> int:
    return sum(number for (state, _), number in counts.items() if state in queue.states)


def kind_asked(request: HttpRequest) -> str:
    """The kind of letter that the page is held to; empty for all."""
    kind = request.GET.get("kind", "")
    return kind if kind in KINDS else ""


def keep(request: HttpRequest) -> str:
    """What an address carries on so that the page stays with its kind."""
    kind = kind_asked(request)
    return f"?kind={kind}" if kind else ""


def kinds_among(counts: Counts, states: Collection[str]) -> list[tuple[Kind, int]]:
    """The kinds among letters in these states, each with how many, the gravest first."""
    found = Counter[str]()
    for (state, kind), number in counts.items():
        if state in states:
            found[kind] += number
    by_gravity = sorted(KINDS.values(), key=lambda kind: -kind.rank)
    return [(kind, found[kind.key]) for kind in by_gravity if found[kind.key]]
