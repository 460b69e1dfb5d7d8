"""Registration and teaching groups, and who is in them from when until when."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from registers.exchange.actions.bring import create, remove, update
from registers.exchange.actions.pupils import Enrolments
from registers.exchange.layout.folder import Dated, Folder
from registers.models import Enrolment, Group, Membership, School

DAY = timedelta(days=1)
GroupKey = tuple[str, str]  # kind, name


class MembershipWriter:
    """Collects what must be made, changed and taken away, then does it in three statements."""

    def __init__(self, school: School, folder: Folder, enrolments: Enrolments, *, today: date):
        self.folder, self.enrolments, self.today = folder, enrolments, today
        self.groups = _groups(school, folder)
        self.there: dict[tuple[int, str], list[Membership]] = {}
        rows = Membership.objects.filter(group__school=school).select_related("group")
        for row in rows.order_by("from_on"):
            self.there.setdefault((row.enrolment_id, row.group.kind), []).append(row)
        self.new: list[Membership] = []
        self.changed: list[Membership] = []
        self.gone: list[Membership] = []

    def write(self) -> Counter:
        by_upn: dict[str, list[Enrolment]] = {}
        for (upn, _), enrolment in self.enrolments.items():
            by_upn.setdefault(upn, []).append(enrolment)
        told = set()
        for (upn, kind), dates in self.folder.groups.items():
            for enrolment in by_upn[upn] if kind != "year" else ():
                if self._as_dated(enrolment, kind, dates) and kind == "registration":
                    told.add(enrolment.pk)
        for row in self.folder.pupils:
            enrolment = self.enrolments[row.upn, row.starts_on]
            if row.registration_group and enrolment.pk not in told:
                self._from_today(enrolment, self.groups["registration", row.registration_group])
        return remove(self.gone) + update(self.changed, ["until_on"]) + create(self.new)

    def _as_dated(self, enrolment: Enrolment, kind: str, dates: Iterable[Dated]) -> bool:
        """groups.csv is the whole truth of an enrolment's groups of a kind that it tells of."""
        wanted = {}
        for dated in dates:
            first = max(dated.from_on, enrolment.starts_on)
            last = min(dated.until_on or date.max, enrolment.leaves_on or date.max)
            if first <= last:
                until = None if last == date.max else last
                wanted[self.groups[kind, dated.what].pk, first] = until
        if not wanted:
            return False
        for old in self.there.get((enrolment.pk, kind), []):
            key = (old.group_id, old.from_on)
            if key in wanted:
                self._until(old, wanted.pop(key))
            else:
                self.gone.append(old)
        for (group, first), until in wanted.items():
            self.new.append(
                Membership(group_id=group, enrolment=enrolment, from_on=first, until_on=until)
            )
        return True

    def _from_today(self, enrolment: Enrolment, group: Group) -> None:
        """From the date of entry; a later change closes the membership yesterday."""
        old = list(self.there.get((enrolment.pk, "registration"), []))
        leaves = enrolment.leaves_on
        while old and leaves and old[-1].from_on > leaves:
            self.gone.append(old.pop())
        if not old:
            self._open(enrolment, group, enrolment.starts_on)
        elif old[-1].group_id == group.pk or (leaves and leaves < self.today):
            self._until(old[-1], leaves)
        elif old[-1].from_on >= self.today:
            self.gone.append(old[-1])
            self._open(enrolment, group, old[-1].from_on)
        else:
            self._until(old[-1], self.today - DAY)
            self._open(enrolment, group, self.today)

    def _open(self, enrolment: Enrolment, group: Group, first: date) -> None:
        until = enrolment.leaves_on
        self.new.append(Membership(group=group, enrolment=enrolment, from_on=first, until_on=until))

    def _until(self, old: Membership, until: date | None) -> None:
        if old.until_on != until:
            old.until_on = until
            self.changed.append(old)


def _groups(school: School, folder: Folder) -> dict[GroupKey, Group]:
    there = {(group.kind, group.name): group for group in Group.objects.filter(school=school)}
    keys = {("registration", row.registration_group) for row in folder.pupils}
    keys |= {(kind, dated.what) for (_, kind), dates in folder.groups.items() for dated in dates}
    new = {
        key: Group(school=school, kind=key[0], name=key[1])
        for key in sorted(keys - there.keys())
        if key[0] != "year" and key[1]
    }
    create(list(new.values()))
    return there | new
