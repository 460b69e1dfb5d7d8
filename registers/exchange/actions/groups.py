"""Registration and teaching groups, and who is in them from when until when."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import chain, repeat
from operator import attrgetter

from registers.exchange.actions.bring import create, grouped, remove, update
from registers.exchange.actions.pupils import Enrolments, has_left
from registers.exchange.layout.folder import Dated, Folder
from registers.models import Enrolment, Group, Membership, School
from registers.rules.grouping import keyed

DAY = timedelta(days=1)
GroupKey = tuple[str, str]  # kind, name
Spans = dict[tuple[int, date], date | None]  # by group and first day: the last day


class MembershipWriter:
    """Collects what must be made, changed and taken away, then does it in three statements."""

    def __init__(self, school: School, folder: Folder, enrolments: Enrolments, *, today: date):
        self.folder, self.enrolments, self.today = folder, enrolments, today
        self.groups = _groups(school, folder)
        rows = Membership.objects.filter(group__school=school).select_related("group")
        self.there = grouped(rows.order_by("from_on"), "enrolment_id", "group.kind")
        self.new: list[Membership] = []
        self.changed: list[Membership] = []
        self.gone: list[Membership] = []

    def write(self) -> Counter[str]:
        told = self._take_dated()
        for row in filter(attrgetter("registration_group"), self.folder.pupils):
            enrolment = self.enrolments[row.upn, row.starts_on]
            if (enrolment.pk, "registration") not in told:
                self._from_today(enrolment, self.groups["registration", row.registration_group])
        return remove(self.gone) + update(self.changed, ["until_on"]) + create(self.new)

    # --- groups.csv

    def _take_dated(self) -> set[tuple[int, str]]:
        """The enrolments, and the kinds, that groups.csv tells of."""
        told = set()
        enrolments = grouped(self.enrolments.values(), "pupil.upn")
        for (upn, kind), dates in _without_years(self.folder).items():
            for enrolment in enrolments[upn]:
                if wanted := self._spans(enrolment, dates):
                    self._as_dated(enrolment, kind, wanted)
                    told.add((enrolment.pk, kind))
        return told

    def _spans(self, enrolment: Enrolment, dates: Iterable[Dated]) -> Spans:
        """By group and first day the last day, all of them within the time on the roll."""
        spans: Spans = {}
        for dated in dates:
            first = max(dated.from_on, enrolment.starts_on)
            last = min(filter(None, (dated.until_on, enrolment.leaves_on)), default=None)
            if last is None or first <= last:
                spans[self.groups[dated.kind, dated.what].pk, first] = last
        return spans

    def _as_dated(self, enrolment: Enrolment, kind: str, wanted: Spans) -> None:
        """groups.csv is the whole truth of an enrolment's groups of a kind that it tells of."""
        for old in self.there[enrolment.pk, kind]:
            key = (old.group_id, old.from_on)
            if key in wanted:
                self._until(old, wanted.pop(key))
            else:
                self.gone.append(old)
        self.new += [
            Membership(group_id=group, enrolment=enrolment, from_on=first, until_on=last)
            for (group, first), last in wanted.items()
        ]

    # --- pupils.csv

    def _from_today(self, enrolment: Enrolment, group: Group) -> None:
        """From the date of entry, or a change from today."""
        old = self._last_until_leaving(enrolment)
        if old is None:
            self._open(enrolment, group, enrolment.starts_on)
        elif old.group_id == group.pk or has_left(enrolment, self.today):
            self._until(old, enrolment.leaves_on)
        else:
            self._change(enrolment, group, old)

    def _last_until_leaving(self, enrolment: Enrolment) -> Membership | None:
        """Those that would begin after the pupil has left are taken away."""
        leaves = enrolment.leaves_on or date.max
        rows = self.there[enrolment.pk, "registration"]
        kept = [row for row in rows if row.from_on <= leaves]
        self.gone += rows[len(kept) :]
        return next(reversed(kept), None)

    def _change(self, enrolment: Enrolment, group: Group, old: Membership) -> None:
        """The membership ends yesterday; one that had not begun then is taken away."""
        if old.from_on < self.today:
            self._until(old, self.today - DAY)
        else:
            self.gone.append(old)
        self._open(enrolment, group, max(old.from_on, self.today))

    def _open(self, enrolment: Enrolment, group: Group, first: date) -> None:
        until = enrolment.leaves_on
        self.new.append(Membership(group=group, enrolment=enrolment, from_on=first, until_on=until))

    def _until(self, old: Membership, until: date | None) -> None:
        if old.until_on != until:
            old.until_on = until
            self.changed.append(old)


def _groups(school: School, folder: Folder) -> dict[GroupKey, Group]:
    there = keyed(Group.objects.filter(school=school), "kind", "name")
    dated = chain.from_iterable(_without_years(folder).values())
    names = filter(None, map(attrgetter("registration_group"), folder.pupils))
    keys = {*map(attrgetter("kind", "what"), dated), *zip(repeat("registration"), names)}
    missing = sorted(keys - there.keys())
    new = [Group(school=school, kind=kind, name=name) for kind, name in missing]
    create(new)
    return there | keyed(new, "kind", "name")


def _without_years(folder: Folder) -> dict[tuple[str, str], list[Dated]]:
    """What groups.csv says of groups: year groups are written elsewhere."""
    return {key: dates for key, dates in folder.groups.items() if key[1] != "year"}
