"""Property: whatever people do, and in whatever order, nothing is lost without a word."""

import uuid
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registers.marks.actions.amend import StaleMarksError
from registers.marks.changes import MarkChange, MarkKey
from registers.marks.verify import broken_seals
from registers.models import Amendment, HeldMark, Mark, Register, WeekTally
from registers.policies import Refused
from registers.register.actions.reading import RegisterKey
from registers.register.actions.receiving import receive_marks
from registers.register.actions.saving import save_marks
from registers.register.devices import DeviceTimes
from registers.register.held_marks.actions import accept_held
from registers.rules.clock import LONDON
from registers.rules.codes import CODES
from registers.rules.everyday_codes import choosable
from tests.factories.classes import amend_mark, make_class

PUPILS, PEOPLE = 2, 3
SYMBOLS = ["/", "L", "N", "I", "O", "D", "\\"]  # the last is refused in the morning

OPEN_AT = datetime(2025, 9, 1, 8, 50, tzinfo=LONDON)  # of a register that ends at 9:15
WAITED = [timedelta(0), timedelta(minutes=4), timedelta(hours=2)]  # and sent after the end
CLOCKS = [timedelta(0), timedelta(minutes=1), timedelta(minutes=-9)]

step = st.one_of(
    st.tuples(st.just("look"), st.integers(0, PEOPLE - 1)),
    st.tuples(
        st.just("save"),
        st.integers(0, PEOPLE - 1),
        st.dictionaries(st.integers(0, PUPILS - 1), st.sampled_from(SYMBOLS), min_size=1),
    ),
    st.tuples(
        st.just("device"),
        st.integers(0, PEOPLE - 1),
        st.dictionaries(st.integers(0, PUPILS - 1), st.sampled_from(SYMBOLS), min_size=1),
        st.sampled_from(WAITED),
        st.sampled_from(CLOCKS),
    ),
    st.tuples(st.just("accept"), st.booleans()),
    st.tuples(st.just("repeat"), st.integers(0, 20)),
    st.tuples(
        st.just("amend"),
        st.integers(0, PEOPLE - 1),
        st.integers(0, PUPILS - 1),
        st.sampled_from(SYMBOLS),
    ),
)


class Story:
    """Several people at one register. `accepted` is what each was told was saved, in order."""

    def __init__(self):
        self.room = make_class(PUPILS)
        self.room.school.everyday_codes = choosable()
        self.room.school.save()
        self.keys = [
            MarkKey(enrolment.pk, self.room.sessions[0].date, 0)
            for enrolment in self.room.enrolments
        ]
        self.seen = [dict.fromkeys(self.keys, 0) for _ in range(PEOPLE)]
        Register.objects.filter(pk=self.room.register.pk).update(opened_at=OPEN_AT)
        self.sent: list[tuple] = []
        self.devices: list[tuple] = []
        self.held: list[tuple] = []
        self.accepted: dict[MarkKey, list[str]] = {key: [] for key in self.keys}
        self.late_entries = set()

    def look(self, person):
        marks = Mark.objects.values_list("enrolment_id", "date", "half", "version")
        self.seen[person] |= {MarkKey(*row[:3]): row[3] for row in marks}

    def save(self, person, codes):
        changes, save_key = self._changes(person, codes), uuid.uuid4()
        answer = self._send(changes, save_key)
        self.sent.append((changes, save_key, answer))
        self._note(changes, answer)

    def device(self, person, codes, waited, clock_off):
        """A tablet that was offline for a while, with a clock of its own."""
        sent = {
            "changes": self._changes(person, codes),
            "save_key": uuid.uuid4(),
            "times": DeviceTimes(OPEN_AT + clock_off, OPEN_AT + waited + clock_off),
            "now": OPEN_AT + waited,
        }
        answer = self._receive(**sent)
        self.devices.append((sent, answer))
        self._note(sent["changes"], answer)
        self.held += [(sent["save_key"], row["enrolment"]) for row in answer.held]
        if waited > timedelta(hours=1) or (waited and clock_off < timedelta(minutes=-2)):
            assert all(self._stood_already(row) for row in answer.saved)

    def accept(self, looked):
        """The office lets in what is held, having looked at the register now or not at all."""
        waiting = HeldMark.objects.filter(group=self.room.group, decided_at=None)
        held = {one.pk: one for one in waiting.order_by("made_at", "pk")}
        stands = dict(Mark.objects.values_list("enrolment_id", "version")) if looked else {}
        decided = accept_held(
            school=self.room.school,
            held=list(held),
            seen={pk: stands.get(one.enrolment_id, 0) for pk, one in held.items()},
            by=self.room.officer,
            now=OPEN_AT + timedelta(hours=3),
        )
        assert sorted([*decided.done, *decided.refused, *decided.stale]) == sorted(held)
        for one in held.values():
            key = MarkKey(one.enrolment_id, one.date, one.half)
            codes = self.accepted[key]
            if one.pk in decided.done and codes[-1:] != [one.code_id]:
                if not codes:
                    self.late_entries.add(key)
                codes.append(one.code_id)

    def _changes(self, person, codes):
        return [
            MarkChange(self.keys[pupil], code, self.seen[person][self.keys[pupil]])
            for pupil, code in codes.items()
        ]

    def _note(self, changes, answer):
        """Everything is told of, once; what was saved is accepted."""
        parts = (answer.saved, answer.conflicts, answer.refused, answer.held)
        told = [row["enrolment"] for part in parts for row in part]
        assert sorted(told) == sorted(change.key.enrolment_id for change in changes)
        saved = {row["enrolment"]: row["version"] for row in answer.saved}
        for change in changes:
            version = saved.get(change.key.enrolment_id)
            if version is not None:
                self._accept(change.key, change.code, version)

    def _stood_already(self, row):
        key = next(key for key in self.keys if key.enrolment_id == row["enrolment"])
        return len(self.accepted[key]) == row["version"]

    def repeat(self, which):
        if self.sent:
            changes, save_key, answer = self.sent[which % len(self.sent)]
            assert self._send(changes, save_key).saved == answer.saved
        if self.devices:
            sent, answer = self.devices[which % len(self.devices)]
            again = self._receive(**sent)
            assert (again.saved, again.held) == (answer.saved, answer.held)

    def amend(self, person, pupil, code):
        key = self.keys[pupil]
        change = MarkChange(key, code, self.seen[person][key], reason="Parent rang")
        try:
            amend_mark(change=change, by=self.room.officer)
        except (StaleMarksError, Refused):
            return
        if not self.accepted[key]:
            self.late_entries.add(key)  # after its time: the first mark too has its amendment
        self._accept(key, code, Mark.objects.get(pk=key).version)

    def _send(self, changes, save_key):
        return save_marks(
            register_id=self.room.register.pk,
            changes=changes,
            save_key=save_key,
            by=self.room.teacher,
            now=OPEN_AT,
        )

    def _receive(self, **sent):
        room, key = self.room, self.keys[0]
        return receive_marks(
            school=room.school,
            key=RegisterKey(room.school.pk, room.group.pk, key.date, key.half),
            by=room.teacher,
            **sent,
        )

    def _accept(self, key, code, version):
        if version > len(self.accepted[key]):
            self.accepted[key].append(code)
        assert len(self.accepted[key]) == version
        assert self.accepted[key][-1] == code


told = partial(settings, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
stories = given(steps=st.lists(step, max_size=25))


@pytest.mark.django_db
@told(max_examples=15)
@stories
def test_each_accepted_mark_stands_once_and_each_change_is_in_the_history(steps):
    check_story(steps)


@pytest.mark.slow
@pytest.mark.django_db
@told(max_examples=150)
@stories
def test_the_same_at_length(steps):
    check_story(steps)


def check_story(steps):
    story = Story()
    for name, *words in steps:
        getattr(story, name)(*words)
    for key, codes in story.accepted.items():
        mark = Mark.objects.filter(pk=key).first()
        assert (mark.code_id if mark else None) == (codes[-1] if codes else None)
        history = Amendment.objects.filter(enrolment=key.enrolment_id).order_by("sequence")
        changes = [(row.code_before, row.code_after) for row in history]
        entered = ["", *codes] if key in story.late_entries else codes
        assert changes == list(pairwise(entered))
        tally = WeekTally.objects.filter(enrolment=key.enrolment_id)
        totals = tally.values_list("school", "made", "attended", "authorised", "unauthorised")
        expected = [
            (story.room.school.pk, 1, code.attended, code.authorised, code.unauthorised)
            for code in map(CODES.__getitem__, codes[-1:])
        ]
        assert list(totals) == expected
    assert not Amendment.objects.filter(code_before=F("code_after")).exists()
    kept = HeldMark.objects.filter(group=story.room.group).values_list("save_key", "enrolment_id")
    assert sorted(kept) == sorted(story.held)
    assert not list(broken_seals(story.room.school))
