"""Who is on the site now: every pupil on the roll and where they should be, group by group."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from registers.marks.day_sheet import DayGroup, DayMark, DaySheet, PupilOnSheet, day_sheet
from registers.models import School, Session, SignOut
from registers.office.days import begun
from registers.rules.codes import Half
from registers.rules.grouping import grouped
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

    @property
    def is_away(self) -> bool:
        return self.presence.where is Whereabouts.AWAY


@dataclass(frozen=True)
class GroupOnSite:
    """A registration group: `expected` are those to tick, here or to be looked for."""

    group: DayGroup
    placed: list[Placed]

    @property
    def expected(self) -> list[Placed]:
        return [one for one in self.placed if not one.is_away]

    @property
    def here(self) -> list[Placed]:
        return [one for one in self.placed if one.is_here]

    @property
    def look_for(self) -> list[Placed]:
        return [one for one in self.placed if one.is_looked_for]

    @property
    def away(self) -> list[Placed]:
        return [one for one in self.placed if one.is_away]


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
        where = Counter(one.presence.where for one in self.everybody)
        here, look_for = where[Whereabouts.HERE], where[Whereabouts.LOOK]
        return {
            "here": here,
            "look_for": look_for,
            "away": where[Whereabouts.AWAY],
            "expected": here + look_for,
        }

    @property
    def look_first(self) -> list[Placed]:
        """Those without a mark, while they are few enough to be looked for one by one."""
        look_for = [one for one in self.everybody if one.is_looked_for]
        return look_for if len(look_for) <= MOST_LOOKED_FOR else []

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
    half = Half.PM if Half.PM in begun(sheet, held, now) else Half.AM
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
    rows = SignOut.objects.filter(enrolment__school=school, date=on)
    return grouped((row.enrolment_id, _time_out(row)) for row in rows)


def _time_out(row: SignOut) -> TimeOut:
    back = row.returned_at and timezone.localtime(row.returned_at)
    return TimeOut(timezone.localtime(row.left_at), back)


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
    if mark is None:
        return None
    return MarkSeenAt(mark.code, timezone.localtime(mark.made_at), mark.minutes_late)
