"""Who is on the site now: every pupil on the roll and where they should be, group by group."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from registers.marks.day_sheet import DayGroup, DayMark, DaySheet, PupilOnSheet, day_sheet
from registers.models import School, Session, SignOut
from registers.rules.codes import Half
from registers.rules.presence import MarkSeenAt, Presence, TimeOut, Whereabouts, clock, presence

MOST_LOOKED_FOR = 40


@dataclass(frozen=True)
class Placed:
    child: PupilOnSheet
    presence: Presence

    @property
    def listed_name(self) -> str:
        return f"{self.child.surname}, {self.child.forename}"

    @property
    def is_here(self) -> bool:
        return self.presence.where is Whereabouts.HERE

    @property
    def is_looked_for(self) -> bool:
        return self.presence.where is Whereabouts.LOOK


@dataclass(frozen=True)
class GroupOnSite:
    """A registration group: `expected` are those to tick, here or to be looked for."""

    group: DayGroup
    placed: list[Placed]

    @property
    def expected(self) -> list[Placed]:
        return [one for one in self.placed if one.presence.where is not Whereabouts.AWAY]

    @property
    def here(self) -> list[Placed]:
        return [one for one in self.placed if one.is_here]

    @property
    def look_for(self) -> list[Placed]:
        return [one for one in self.placed if one.is_looked_for]

    @property
    def away(self) -> list[Placed]:
        return [one for one in self.placed if one.presence.where is Whereabouts.AWAY]


@dataclass(frozen=True)
class OnSite:
    on: date
    at: datetime
    held: list[int]
    half: int  # whose marks say where a child is
    groups: list[GroupOnSite]

    @property
    def everybody(self) -> list[Placed]:
        return [placed for group in self.groups for placed in group.placed]

    @property
    def counts(self) -> dict[str, int]:
        return {
            "here": sum(len(group.here) for group in self.groups),
            "look_for": sum(len(group.look_for) for group in self.groups),
            "away": sum(len(group.away) for group in self.groups),
            "expected": sum(len(group.expected) for group in self.groups),
        }

    @property
    def look_first(self) -> list[Placed]:
        """Those without a mark, while they are few enough to be looked for one by one."""
        found = [one for one in self.everybody if one.is_looked_for]
        return found if len(found) <= MOST_LOOKED_FOR else []

    @property
    def half_words(self) -> str:
        return Half(self.half).words

    @property
    def clock(self) -> str:
        return clock(self.at)


def on_site_now(school: School, now: datetime) -> OnSite:
    """Where each child on roll is, in five statements."""
    on = now.date()
    held = sorted(
        Session.objects.filter(school=school, date=on, is_open=True).values_list("half", flat=True)
    )
    sheet = day_sheet(school, on, list(Half), registers=False)
    half = Half.PM if Half.PM in held and sheet.windows[Half.PM].has_opened(now) else Half.AM
    outings = _outings(school, on)
    groups = [
        GroupOnSite(
            group,
            [Placed(child, _where(sheet, child, half, outings)) for child in group.children],
        )
        for group in sheet.in_groups()
    ]
    return OnSite(on, now, held, half, groups)


def _outings(school: School, on: date) -> dict[int, list[TimeOut]]:
    """By enrolment, when each was out today."""
    outings: dict[int, list[TimeOut]] = {}
    for row in SignOut.objects.filter(enrolment__school=school, date=on):
        back = timezone.localtime(row.returned_at) if row.returned_at else None
        outing = TimeOut(timezone.localtime(row.left_at), back)
        outings.setdefault(row.enrolment_id, []).append(outing)
    return outings


def _where(
    sheet: DaySheet, child: PupilOnSheet, half: int, outings: dict[int, list[TimeOut]]
) -> Presence:
    earlier = sheet.mark(child.enrolment_id, Half.AM) if half == Half.PM else None
    return presence(
        now_mark=_seen(sheet.mark(child.enrolment_id, half)),
        earlier_mark=_seen(earlier),
        outings=outings.get(child.enrolment_id, ()),
        opens_at=sheet.windows[half].opens_at,
    )


def _seen(mark: DayMark | None) -> MarkSeenAt | None:
    return (
        MarkSeenAt(mark.code, timezone.localtime(mark.made_at), mark.minutes_late) if mark else None
    )
