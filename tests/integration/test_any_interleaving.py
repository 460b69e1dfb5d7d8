"""Property: whatever people do, and in whatever order, nothing is lost without a word."""

import uuid
from itertools import pairwise

import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registers.actions.amend import StaleMarksError
from registers.actions.saving import save_marks
from registers.actions.writing import Change, MarkKey
from registers.codes import CODES
from registers.everyday import choosable
from registers.models import Amendment, Mark, WeekTally
from registers.policies import NotAllowed
from registers.verify import broken_seals
from tests.factories.classes import amend_mark, make_class

PUPILS, PEOPLE = 2, 3
SYMBOLS = ["/", "L", "N", "I", "O", "D", "\\"]  # the last is refused in the morning

step = st.one_of(
    st.tuples(st.just("look"), st.integers(0, PEOPLE - 1)),
    st.tuples(
        st.just("save"),
        st.integers(0, PEOPLE - 1),
        st.dictionaries(st.integers(0, PUPILS - 1), st.sampled_from(SYMBOLS), min_size=1),
    ),
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
        self.sent: list[tuple] = []
        self.accepted: dict[MarkKey, list[str]] = {key: [] for key in self.keys}
        self.late_entries = set()

    def look(self, person):
        marks = Mark.objects.values_list("enrolment_id", "date", "half", "version")
        self.seen[person] |= {MarkKey(*row[:3]): row[3] for row in marks}

    def save(self, person, codes):
        changes = [
            Change(self.keys[pupil], code, self.seen[person][self.keys[pupil]])
            for pupil, code in codes.items()
        ]
        save_key = uuid.uuid4()
        answer = self._send(changes, save_key)
        self.sent.append((changes, save_key, answer))
        told = {
            row["enrolment"]
            for part in (answer.saved, answer.conflicts, answer.refused)
            for row in part
        }
        assert told == {change.key.enrolment_id for change in changes}
        saved = {row["enrolment"]: row["version"] for row in answer.saved}
        for change in changes:
            version = saved.get(change.key.enrolment_id)
            if version is not None:
                self._accept(change.key, change.code, version)

    def repeat(self, which):
        if self.sent:
            changes, save_key, answer = self.sent[which % len(self.sent)]
            assert self._send(changes, save_key).saved == answer.saved

    def amend(self, person, pupil, code):
        key = self.keys[pupil]
        change = Change(key, code, self.seen[person][key], reason="Parent rang")
        try:
            amend_mark(change=change, by=self.room.officer)
        except (StaleMarksError, NotAllowed):
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
        )

    def _accept(self, key, code, version):
        if version > len(self.accepted[key]):
            self.accepted[key].append(code)
        assert len(self.accepted[key]) == version
        assert self.accepted[key][-1] == code


@pytest.mark.django_db
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(step, max_size=25))
def test_each_accepted_mark_stands_once_and_each_change_is_in_the_history(steps):
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
        expected = [
            (CODES[code].attended, CODES[code].authorised, CODES[code].unauthorised)
            for code in codes[-1:]
        ]
        assert list(tally.values_list("attended", "authorised", "unauthorised")) == expected
    assert not Amendment.objects.filter(code_before=F("code_after")).exists()
    assert not list(broken_seals(story.room.school))
