"""Two of the office, the same held marks, the same moment: one decides, the other is told."""

from functools import partial

from registers.marks.changes import MarkKey
from registers.marks.verify import broken_seals
from registers.models import Amendment, HeldMark, Mark
from registers.register.held_marks.actions import HeldMarkDecisions, accept_held, decline_held
from tests import factories
from tests.at_once import at_once
from tests.factories.held import hold
from tests.factories.office import TUESDAY, at, office_class, put

RACES = 5


def test_of_two_officers_one_decides_and_the_other_is_told(racing_db):
    room = office_class(3)
    officers = [room.officer, factories.AppointmentFactory(school=room.school).user]
    for race in range(RACES):
        on = room.sessions[2 * race].date
        held = [hold(room, number, on=on) for number in range(3)]
        ids = [one.pk for one in held]

        def accept(by, ids=ids):
            return accept_held(school=room.school, held=ids, seen={}, by=by, now=at("22:00"))

        def leave_out(by, ids=ids):
            return decline_held(school=room.school, held=ids[::-1], by=by, now=at("22:00"))

        second = leave_out if race % 2 else accept
        answers = at_once([partial(accept, officers[0]), partial(second, officers[1])])
        [(place, winner)] = [(place, answer) for place, answer in enumerate(answers) if answer.done]
        told = answers[1 - place]
        assert sorted(winner.done) == sorted(told.already) == ids
        assert all(str(officers[place]) in words for words in told.already.values())
        decided_by = set(HeldMark.objects.filter(pk__in=ids).values_list("decided_by", flat=True))
        assert decided_by == {officers[place].pk}
        is_accepted = not (race % 2 and place == 1)
        assert Mark.objects.filter(date=on).count() == 3 * is_accepted
    assert Amendment.objects.count() == Mark.objects.count()
    assert not list(broken_seals(room.school))


def test_who_accepts_while_another_marks_the_pupil_is_told_or_was_first(racing_db):
    """An acceptance of a blank, and the late desk's mark for the same pupil."""
    room = office_class(1)
    held = hold(room, 0)

    def accept():
        return accept_held(
            school=room.school, held=[held.pk], seen={}, by=room.officer, now=at("10:00")
        )

    def desk():
        try:
            put(room, 0, "U", source=Mark.Source.LATE_DESK)
        except AssertionError:  # its change was a conflict: the acceptance was first
            return HeldMarkDecisions()
        return HeldMarkDecisions(done=[0])

    accepted, marked = at_once([accept, desk])
    assert bool(accepted.done) != bool(marked.done)
    assert bool(accepted.stale) is bool(marked.done)
    stands = Mark.objects.get(pk=MarkKey(room.enrolments[0].pk, TUESDAY, 0))
    assert stands.code_id == ("/" if accepted.done else "U")
    assert not list(broken_seals(room.school))
