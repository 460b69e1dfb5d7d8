"""What the pages of panels say, by the state that they tell of."""

from datetime import date, time
from types import SimpleNamespace

import pytest

from interventions.models import Letter, Panel, PanelCase
from interventions.panels import wording
from interventions.panels.invitations import InvitationState, invitation_state
from interventions.panels.room import ScheduledCase
from interventions.panels.running_order import PanelDay
from registers.models import Job, Pupil
from registers.models.school.staff import User
from registers.rules.tally import Tally

ON = date(2025, 9, 26)
AFTER, BEFORE = date(2025, 9, 27), date(2025, 9, 25)
TOLD = {"on": "2025-09-26", "at": "09:20", "place": "Room 4", "members": ["Ms Raman"]}


def panel(**more) -> Panel:
    return Panel(**{"on": ON, "starts_at": time(9, 0), "place": "Room 4"} | more)


def case(**more) -> PanelCase:
    return PanelCase(**{"at": time(9, 20)} | more)


def scheduled(
    invitation: InvitationState = InvitationState.MISSING, *, missed: int = 12, **more
) -> ScheduledCase:
    return ScheduledCase(
        case(**more), "8K", Tally(28, missed, 0) if missed else Tally(0, 0, 0), invitation
    )


@pytest.mark.parametrize(
    ("values", "letter", "state"),
    [
        ({}, None, InvitationState.MISSING),
        ({}, TOLD, InvitationState.UP_TO_DATE),
        ({}, TOLD | {"at": "09:40"}, InvitationState.OUTDATED),
        ({}, TOLD | {"place": "Room 5"}, InvitationState.OUTDATED),
        ({}, {"on": "2025-09-26"}, InvitationState.OUTDATED),
        ({"decided_at": ON}, None, InvitationState.NOT_NEEDED),
        ({"withdrawn_at": ON}, None, InvitationState.NOT_NEEDED),
    ],
)
def test_an_invitation_is_of_this_day_time_and_place(values, letter, state):
    invited = letter and Letter(details=letter, state="sent")
    assert invitation_state(case(letter=invited, **values), panel()) is state


def test_a_dropped_invitation_has_told_nobody():
    dropped = Letter(details=TOLD, state="dropped")
    assert invitation_state(case(letter=dropped), panel()) is InvitationState.OUTDATED


@pytest.mark.parametrize(
    ("on", "today", "day"),
    [(ON, BEFORE, PanelDay.COMING), (ON, ON, PanelDay.TODAY), (ON, AFTER, PanelDay.OVER)],
)
def test_the_day_of_a_panel(on, today, day):
    assert PanelDay.of(on, today) is day
    assert day.has_begun is (on <= today)
    assert day.is_over is (on < today)


@pytest.mark.parametrize(
    ("pupils", "on", "words"),
    [
        ([], ON, ("No panel is called.", wording.NO_PANEL[1])),
        ([0], ON, ("A panel is called,", "with no pupil on it yet.")),
        ([1], ON, ("There is a panel today", "at 09:00: 1 pupil, Room 4.")),
        (
            [0, 3],
            BEFORE,
            ("The next panel is on Friday 26 September", "at 09:00: 3 pupils, Room 4."),
        ),
    ],
)
def test_the_list_begins_with_the_next_panel_that_has_pupils(pupils, on, words):
    coming = [panel() for _ in pupils]
    for one, number in zip(coming, pupils, strict=True):
        one.pupils = number
    assert wording.opening(coming, on) == words


@pytest.mark.parametrize(
    ("decided", "day", "words"),
    [
        ([], PanelDay.TODAY, "Nobody is on it."),
        ([False], PanelDay.COMING, "1 pupil."),
        ([True, False], PanelDay.TODAY, "1 of 2 decided."),
        ([True, True], PanelDay.OVER, "2 of 2 decided."),
    ],
)
def test_how_far_a_panel_is(decided, day, words):
    order = [scheduled(decided_at=ON if one else None) for one in decided]
    assert wording.progress(order, day) == words


@pytest.mark.parametrize(
    ("invitation", "day", "words"),
    [
        (InvitationState.MISSING, PanelDay.COMING, "12 of 40. Not invited yet"),
        (InvitationState.OUTDATED, PanelDay.TODAY, "12 of 40. Invited for another time"),
        (InvitationState.UP_TO_DATE, PanelDay.COMING, "12 of 40. Invited"),
        (InvitationState.NOT_NEEDED, PanelDay.TODAY, "12 of 40"),
        (InvitationState.MISSING, PanelDay.OVER, "12 of 40"),
    ],
)
def test_figures_and_invitation_in_the_running_order(invitation, day, words):
    assert wording.figures_and_invitation(scheduled(invitation), day) == words


def test_a_pupil_without_a_possible_session_has_no_figures():
    assert wording.figures(scheduled(missed=0)) == "No possible session"


@pytest.mark.parametrize(
    ("decided", "is_next", "day", "words"),
    [
        (True, True, PanelDay.TODAY, "Decided"),
        (False, True, PanelDay.TODAY, "Next"),
        (False, True, PanelDay.OVER, "Open"),
        (False, True, PanelDay.COMING, ""),
        (False, False, PanelDay.TODAY, ""),
    ],
)
def test_the_tag_in_the_running_order(decided, is_next, day, words):
    tag = wording.order_tag(scheduled(decided_at=ON if decided else None), day, is_next=is_next)
    assert (tag.words if tag else "") == words


@pytest.mark.parametrize(
    ("earlier", "withheld", "words"),
    [
        (0, 0, ""),
        (1, 0, "1 earlier action in the log."),
        (0, 1, "1 sensitive note is not shown here."),
        (3, 2, "3 earlier actions in the log. 2 sensitive notes are not shown here."),
    ],
)
def test_what_the_page_of_a_meeting_leaves_out(earlier, withheld, words):
    assert wording.not_shown(earlier, withheld) == words


@pytest.mark.parametrize(
    ("is_over", "words"), [(True, "This panel has been held"), (False, "1 pupil from 09:00.")]
)
def test_a_panel_that_has_been_held_stays_as_it_is(is_over, words):
    assert wording.change_lede([scheduled()], panel(), is_over=is_over).startswith(words)


@pytest.mark.parametrize(
    ("state", "done", "words"),
    [("queued", 0, "Waits for a worker"), ("running", 2, "2 of 3 done")],
)
def test_how_far_a_pack_is(state, done, words):
    pack = SimpleNamespace(job=Job(state=state, done=done, total=3))
    assert wording.PackLine(pack, {}).progress == words


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([], ""),
        (["Mia"], "1 pupil was taken off: <bdi>Mia Okoro</bdi>."),
        (["Mia", "Leo"], "2 pupils were taken off: <bdi>Mia Okoro</bdi>, <bdi>Leo Okoro</bdi>."),
    ],
)
def test_who_was_taken_off(names, words):
    assert wording.taken_off([Pupil(forename=name, surname="Okoro") for name in names]) == words


@pytest.mark.parametrize(
    ("chair", "leads", "people"),
    [
        (None, "", ["Mr Osei"]),
        (User(name="Ms Raman"), "<bdi>Ms Raman</bdi> leads it.", ["Ms Raman", "Mr Osei"]),
    ],
)
def test_who_is_on_the_panel(chair, leads, people):
    called = panel(chair=chair, members="Mr Osei")
    assert wording.who_leads(called) == leads
    on_it = list(wording.people(called))
    assert all(name in html for name, html in zip(people, on_it, strict=True))


@pytest.mark.parametrize(
    ("pupils", "decided", "words"), [(0, 0, "nobody on it"), (3, 1, '1 <span class="muted">of 3')]
)
def test_on_how_many_a_panel_has_decided(pupils, decided, words):
    called = panel()
    called.pupils, called.decided = pupils, decided
    assert words in wording.how_many_decided(called)


@pytest.mark.parametrize(
    ("chair", "words"), [(None, "nobody yet"), (User(name="Ms Raman"), "<bdi>Ms Raman</bdi>")]
)
def test_who_leads_a_panel_in_the_list(chair, words):
    assert words in wording.led_by(panel(chair=chair))
