"""What Rollbook knows of the school before an import: looked up once, never changed here."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain

from django.db.models import Count

from registers.exchange.layout.folder import SessionKey
from registers.exchange.layout.staged import StagedSpell
from registers.models import (
    Enrolment,
    FormerUpn,
    Mark,
    PlannedAbsence,
    Pupil,
    Register,
    School,
    Session,
)
from registers.rules.allowed_codes import PupilFacts
from registers.rules.codes import Half
from registers.rules.planned_absence import DUAL
from registers.rules.pupils.who_is_who import NamedChild, WhoIsWho


@dataclass
class Known:
    school: School | None
    sessions: dict[SessionKey, str] = field(default_factory=dict)  # to its academic year
    not_held: set[SessionKey] = field(default_factory=set)
    spells: dict[str, list[StagedSpell]] = field(default_factory=dict)  # by UPN
    taken_off: set[int] = field(default_factory=set)  # enrolments, by a person, with a ground
    who: WhoIsWho = field(default_factory=lambda: WhoIsWho([]))

    def spells_of(self, upn: str) -> list[StagedSpell]:
        return self.spells.get(upn, [])

    def on_roll(self, day: date) -> list[str]:
        """The UPNs of the pupils who are on the roll on a day."""
        spells = chain.from_iterable(self.spells.values())
        return list(dict.fromkeys(spell.upn for spell in spells if spell.covers(day)))

    def renumber(self, before: str, upn: str) -> None:
        """What is known under one UPN is known under another from now on."""
        for spell in self.spells_of(before):
            spell.upn = upn
        if before in self.spells:
            self.spells[upn] = self.spells.pop(before)

    def sessions_of(self, years: Collection[str]) -> set[SessionKey]:
        return {key for key, year in self.sessions.items() if year in years}

    def sessions_in_use(self, keys: set[SessionKey]) -> dict[SessionKey, str]:
        """Those of the sessions that have marks or an opened register, and how many, in words."""
        days = {day for day, _ in keys}
        marks = Mark.objects.filter(enrolment__school=self.school, date__in=days)
        counted = marks.order_by().values_list("date", "half").annotate(marks=Count("*"))
        opened = Register.objects.filter(session__school=self.school, session__date__in=days)
        in_use: dict[SessionKey, str] = {
            (day, Half(half)): "a class register"
            for day, half in opened.values_list("session__date", "session__half")
        }
        in_use |= {(day, Half(half)): f"{number:,} marks" for day, half, number in counted}
        return {key: in_use[key] for key in keys & in_use.keys()}

    def other_school_of(self, enrolment_id: int | None) -> str:
        """The other school of a dual registration that is planned here; empty for none."""
        return self._other_schools.get(enrolment_id, "")

    @cached_property
    def _other_schools(self) -> dict[int | None, str]:
        rows = PlannedAbsence.objects.filter(
            enrolment__school=self.school, kind=DUAL, withdrawn_at__isnull=True
        )
        return dict(rows.exclude(place="").values_list("enrolment_id", "place"))


def look_up(urn: str) -> Known:
    school = School.objects.filter(urn=urn).first()
    if school is None:
        return Known(None)
    known = Known(school, who=_who_is_who(school))
    _look_up_sessions(known)
    _look_up_spells(known)
    return known


def _look_up_sessions(known: Known) -> None:
    sessions = Session.objects.filter(school=known.school)
    for day, half, year, is_open in sessions.values_list(
        "date", "half", "academic_year__name", "is_open"
    ):
        known.sessions[day, Half(half)] = year
        if not is_open:
            known.not_held.add((day, Half(half)))


def _look_up_spells(known: Known) -> None:
    enrolments = Enrolment.objects.not_void().filter(school=known.school).order_by("starts_on")
    for pk, upn, born_on, starts_on, leaves_on in enrolments.values_list(
        "pk", "pupil__upn", "pupil__born_on", "starts_on", "leaves_on"
    ):
        spell = StagedSpell(upn, PupilFacts(born_on, starts_on, leaves_on), pk)
        known.spells.setdefault(upn, []).append(spell)
    known.taken_off = set(enrolments.exclude(leaving_ground="").values_list("pk", flat=True))


def _who_is_who(school: School) -> WhoIsWho:
    fields = ("upn", "surname", "forename", "born_on", "admission_number")
    children = Pupil.objects.filter(school=school).values_list(*fields)
    former = FormerUpn.objects.filter(pupil__school=school, pupil__merged_into__isnull=True)
    return WhoIsWho(
        [NamedChild(*child) for child in children],
        dict(former.order_by("until_at").values_list("upn", "pupil__upn")),
    )
