"""What the pages of letters say of a letter, a copy and a print run, by their state.

The letters' own words are in `content` and `wordings`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from interventions.letters.queue import LETTER_STATES
from interventions.models import Letter, LetterCopy
from interventions.rules.letter_kinds import GOING_WELL
from interventions.rules.letter_states import CopyState, LetterState
from registers.rules.wording import many

LOOK_AGAIN = frozenset({LetterState.PROPOSED, LetterState.READY})
APPROVING = "Approving freezes what you see; it is checked again when it is sent."


def opening(waiting: int, to_send: int) -> tuple[str, str]:
    """The answer in a sentence: how many letters wait, and how many are approved."""
    waits = many(waiting, "letter waits", "letters wait") if waiting else "No letter waits"
    approved = f"{many(to_send, 'is', 'are')} approved and to be sent." if to_send else ""
    return f"{waits} for you.", approved


def title(letter: Letter) -> str:
    """`Amira Haddad, 8K: persistent absence`"""
    group = letter.figures.get("registration_group")
    who = format_html("<bdi>{}</bdi>", letter.enrolment.pupil.full_name)
    in_group = f", {group}" if group else ""
    return format_html("{}{}: {}", who, in_group, letter.get_kind_display().lower())


def who_wrote(letter: Letter) -> str | SafeString:
    if letter.proposed_by is None:
        return "Proposed by the night."
    return format_html("Written by <bdi>{}</bdi>.", letter.proposed_by)


def who_decided(letter: Letter) -> str | SafeString:
    """Who approved it, else who decided on it last; nothing where nobody has."""
    if letter.approved_by:
        at = _short_time(letter.approved_at)
        return format_html("Approved by <bdi>{}</bdi>, {}.", letter.approved_by, at)
    if letter.decided_by:
        at = _short_time(letter.decided_at)
        return format_html("Last decided by <bdi>{}</bdi>, {}.", letter.decided_by, at)
    return ""


def _short_time(at) -> str:
    """9 Nov, 14:40"""
    local = timezone.localtime(at)
    return f"{local.day} {local:%b, %H:%M}"


# --- why there is this letter


def notes_on(letter: Letter, *, newer_words: str) -> Iterator[SafeString]:
    """Why it waits, why there is this letter, and that its words are no longer the school's."""
    if letter.reason:
        yield _alert("warning", reason_heading(letter), letter.reason)
    if reasons := why(letter):
        yield _alert("info", "Why.", reasons)
    if newer_words:
        yield format_html('<p class="text-md letter-why">{}</p>', newer_words)


def _alert(kind: str, heading: str, words: str) -> SafeString:
    html = '<div class="alert alert-{} letter-why"><strong>{}</strong> {}</div>'
    return format_html(html, kind, heading, words)


def reason_heading(letter: Letter) -> str:
    """What stands before the reason of a letter that waits, or goes no further."""
    if letter.state in LOOK_AGAIN:
        return "Look at it again."
    return f"{LETTER_STATES[letter.state].heading}."


def why(letter: Letter) -> str:
    """The figures that a letter rests on, and how it came about; empty where it has none."""
    if not letter.figures.get("possible"):
        return ""
    return " ".join(_reasons(letter))


def _reasons(letter: Letter) -> Iterator[str]:
    recent = letter.figures.get("recent")
    yield _recent(recent) if letter.kind == GOING_WELL and recent else _of_the_year(letter)
    if letter.ordinal > 1:
        yield f"Number {letter.ordinal} of its kind this year."
    elif letter.proposed_by is None:
        yield f"The first of its kind in {letter.academic_year}."
    if letter.state == LetterState.READY:
        yield APPROVING


def _recent(recent: dict) -> str:
    return (
        f"{recent['missed']} of {recent['possible']} possible sessions missed in the last weeks, "
        f"{recent['missed_before']} of {recent['possible_before']} before them."
    )


def _of_the_year(letter: Letter) -> str:
    figures, on = letter.figures, letter.as_at
    lines = {
        ": severely absent": figures.get("severely_absent"),
        ": persistently absent": figures.get("persistently_absent"),
    }
    line = next((words for words, is_over in lines.items() if is_over), "")
    return (
        f"{figures['missed']} of {figures['possible']} possible sessions missed up to "
        f"{on:%A} {on.day} {on:%B %Y}{line}."
    )


def newer_words(letter: Letter) -> str:
    """With which words a letter was drawn that the school has changed since."""
    version = f"version {letter.template.version} of your own" if letter.template else "Rollbook’s"
    return (
        f"The words have changed since it was drawn with {version}. “Draw anew” takes the new ones."
    )


# --- in a list

STATES_IN_THE_LIST = frozenset(
    {LetterState.HELD, LetterState.FAILED, LetterState.PROPOSED, LetterState.ANSWERED}
)


def in_the_queue(letter: Letter) -> str:
    """`At risk. 8 of 92 to 20 Nov. For Thu 10 December.`, and the reason where there is one."""
    return " ".join([f"{letter.get_kind_display()}.", *_figures_and_day(letter), letter.reason])


def _figures_and_day(letter: Letter) -> Iterator[str]:
    if letter.figures.get("possible"):
        yield f"{missed(letter)} to {letter.as_at.day} {letter.as_at:%b}."
    if letter.details.get("on"):
        on = date.fromisoformat(letter.details["on"])
        yield f"For {on:%a} {on.day} {on:%B}."


def missed(letter: Letter) -> str:
    """8 of 92; empty where no session was possible."""
    if not letter.figures.get("possible"):
        return ""
    return f"{letter.figures['missed']} of {letter.figures['possible']}"


# --- copies


@dataclass(frozen=True, slots=True)
class CopyLine:
    """One copy in the list of those who get a letter.

    `may_change` says whether who gets the letter and how can be changed now; `can_email` whether
    this server sends e-mail.
    """

    copy: LetterCopy
    is_confidential: bool
    may_change: bool
    can_email: bool
    is_alone: bool

    @property
    def state(self) -> CopyState:
        return CopyState(self.copy.state)

    @property
    def way(self) -> str:
        """How it goes, and where to."""
        if self.copy.channel == "email":
            return f"By e-mail to {self.copy.email}."
        return f"By post{self._address}."

    @property
    def _address(self) -> str:
        if self.is_confidential:
            return ", to a confidential address"
        lines = filter(None, map(str.strip, self.copy.address.splitlines()))
        return f" to {', '.join(lines)}" if self.copy.address else ""

    @property
    def shows_state(self) -> bool:
        return self.state in SHOWN_STATES

    @property
    def is_open(self) -> bool:
        return self.may_change and self.state not in GONE

    @property
    def other_channel(self) -> str:
        """The way that it could go instead; empty where there is none."""
        if not self.is_open:
            return ""
        return {"email": self._post, "post": self._email}[self.copy.channel]

    @property
    def _post(self) -> str:
        return "post" if self.copy.address else ""

    @property
    def _email(self) -> str:
        return "email" if self.can_email and self.copy.person.email else ""

    @property
    def other_way(self) -> str:
        return {"email": "By e-mail", "post": "By post"}.get(self.other_channel, "")

    @property
    def can_be_left_out(self) -> bool:
        return self.is_open and not self.is_alone


SHOWN_STATES = frozenset(
    {
        CopyState.LEFT_OUT,
        CopyState.SENT,
        CopyState.SENDING,
        CopyState.UNSENT,
        CopyState.FAILED,
    }
)
GONE = frozenset({CopyState.LEFT_OUT, CopyState.SENT, CopyState.SENDING})
