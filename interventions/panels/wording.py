"""The sentences of the pages of panels: each by the state that it tells of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import NamedTuple, Protocol

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from interventions.models import Pack, Panel
from interventions.panels.invitations import InvitationState
from interventions.panels.room import ScheduledCase
from interventions.panels.running_order import PanelDay
from registers.models import Job, Pupil
from registers.rules.wording import many

# Below a pupil in the running order, and where the running order is changed.
AFTER_THE_FIGURES = {
    InvitationState.NOT_NEEDED: "",
    InvitationState.MISSING: ". Not invited yet",
    InvitationState.OUTDATED: ". Invited for another time",
    InvitationState.UP_TO_DATE: ". Invited",
}
INVITED = {
    InvitationState.NOT_NEEDED: "Decided",
    InvitationState.MISSING: "No invitation yet",
    InvitationState.OUTDATED: "The invitation says another time or place",
    InvitationState.UP_TO_DATE: "Invited for this time",
}


class CountedPanel(Protocol):
    """A panel with how many pupils are on it: see `queries.panels_of`."""

    on: date
    starts_at: time
    place: str
    pupils: int
    decided: int


class Tag(NamedTuple):
    """A state in a word, for components/tag.html."""

    words: str
    kind: str


TURNS = {
    PanelDay.COMING: None,
    PanelDay.TODAY: Tag("Next", "ink"),
    PanelDay.OVER: Tag("Open", "ink"),
}
NO_PANEL = (
    "No panel is called.",
    "Choose pupils and a day, and the invitations and the papers follow.",
)


def opening(coming: Sequence[CountedPanel], today: date) -> tuple[str, str]:
    """The first sentence of the list of panels: what stands out, and the rest."""
    if not coming:
        return NO_PANEL
    following = next((panel for panel in coming if panel.pupils), None)
    if following is None:
        return "A panel is called,", "with no pupil on it yet."
    return _when(following.on, today), (
        f"at {following.starts_at:%H:%M}: {many(following.pupils, 'pupil')}, {following.place}."
    )


def _when(on: date, today: date) -> str:
    if on == today:
        return "There is a panel today"
    return f"The next panel is on {on:%A} {on.day} {on:%B}"


def progress(scheduled: Sequence[ScheduledCase], day: PanelDay) -> str:
    """How far a panel is: nobody on it, so many pupils, or so many of them decided."""
    if not scheduled:
        return "Nobody is on it."
    if not day.has_begun:
        return f"{many(len(scheduled), 'pupil')}."
    decided = [one for one in scheduled if one.case.is_decided]
    return f"{len(decided)} of {len(scheduled)} decided."


def figures(scheduled: ScheduledCase) -> str:
    tally = scheduled.tally
    return f"{tally.absent} of {tally.possible}" if tally.possible else "No possible session"


def figures_and_invitation(scheduled: ScheduledCase, day: PanelDay) -> str:
    """What stands below a name in the running order."""
    invited = "" if day.is_over else AFTER_THE_FIGURES[scheduled.invitation]
    return f"{figures(scheduled)}{invited}"


def order_tag(scheduled: ScheduledCase, day: PanelDay, *, is_next: bool) -> Tag | None:
    """How far the panel is with this pupil; nothing where it is not the pupil's turn."""
    if scheduled.case.is_decided:
        return Tag("Decided", "good")
    return TURNS[day] if is_next else None


def change_lede(active: Sequence[ScheduledCase], panel: Panel, *, is_over: bool) -> str:
    if is_over:
        return "This panel has been held: what it was stays as it is."
    return (
        f"{many(len(active), 'pupil')} from {panel.starts_at:%H:%M}. A family whose time changes "
        "gets another invitation when you press for it."
    )


def taken_off(pupils: Sequence[Pupil]) -> str | SafeString:
    """Who is not on the panel any more; empty where nobody was taken off."""
    if not pupils:
        return ""
    names = format_html_join(", ", "<bdi>{}</bdi>", ((pupil.full_name,) for pupil in pupils))
    return format_html("{} taken off: {}.", many(len(pupils), "pupil was", "pupils were"), names)


def not_shown(earlier: int, withheld: int) -> str:
    """How many actions of the log the page of a meeting leaves out, and why."""
    parts = {
        f"{many(earlier, 'earlier action')} in the log.": earlier,
        f"{many(withheld, 'sensitive note is', 'sensitive notes are')} not shown here.": withheld,
    }
    return " ".join(words for words, number in parts.items() if number)


def page_title(panel: Panel, name: str) -> str:
    """`name` is the pupil's who was asked for; empty where the panel itself was."""
    of_panel = f"Panel of {panel.on:%A} {panel.on.day} {panel.on:%B}"
    return ", ".join(part for part in (name, of_panel) if part)


def why_none_is_shown(name: str) -> str:
    """Why there is nobody to choose from, where somebody has looked for a name or not."""
    if name:
        return f"No pupil on roll is called “{name}”."
    return "Choose another list, or write a name."


NOBODY_LEADS = SafeString('<span class="muted">nobody yet</span>')
NOBODY_ON_IT = SafeString('<span class="muted">nobody on it</span>')


def led_by(panel: Panel) -> SafeString:
    return format_html("<bdi>{}</bdi>", panel.chair) if panel.chair else NOBODY_LEADS


def how_many_decided(panel: CountedPanel) -> SafeString:
    """Of the pupils who are on it."""
    if not panel.pupils:
        return NOBODY_ON_IT
    return format_html('{} <span class="muted">of {}</span>', panel.decided, panel.pupils)


def who_leads(panel: Panel) -> str | SafeString:
    return format_html("<bdi>{}</bdi> leads it.", panel.chair) if panel.chair else ""


def people(panel: Panel) -> Iterator[SafeString]:
    """Who is on the panel, in a list: whoever leads it first."""
    if panel.chair:
        yield format_html("<li><bdi>{}</bdi>, leads it</li>", panel.chair)
    for member in panel.members.splitlines():
        yield format_html('<li class="long-words"><bdi>{}</bdi></li>', member)


# --- packs


@dataclass(frozen=True, slots=True)
class PackLine:
    """A pack in the list of a panel's; `names` are the pupils' by case."""

    pack: Pack
    names: Mapping[int, str]

    @property
    def job(self) -> Job:
        return self.pack.job

    @property
    def title(self) -> str | SafeString:
        """For whom it is; a family's is about one pupil."""
        if not self.pack.for_family:
            return "For the panel"
        (case,) = self.pack.cases.all()
        return format_html("For the family of <bdi>{}</bdi>", self.names[case.pk])

    @property
    def figures(self) -> str:
        """How large it is, and to which day its figures count."""
        pack = self.pack
        pages = [many(pack.pages, "page")] * bool(pack.pages)
        as_at = f"figures to {pack.as_at.day} {pack.as_at:%b %Y}"
        return ", ".join([many(len(pack.cases.all()), "pupil"), *pages, as_at])

    @property
    def progress(self) -> str:
        """How far it is, while it is neither done nor failed."""
        job = self.job
        if job.state == Job.State.QUEUED:
            return "Waits for a worker"
        return f"{job.done} of {job.total} done"
