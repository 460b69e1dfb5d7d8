"""What Rollbook knows of the school before an import: looked up once, never changed here."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

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
    sessions: dict[SessionKey, tuple[str, bool]] = field(default_factory=dict)  # year, open
    spells: dict[str, list[StagedSpell]] = field(default_factory=dict)  # by UPN
    taken_off: set[int] = field(default_factory=set)  # enrolments, by a person, with a ground
    who: WhoIsWho = field(default_factory=lambda: WhoIsWho([]))

    def renumber(self, before: str, upn: str) -> None:
        """What is known under one UPN is known under another from now on."""
        for spell in self.spells.get(before, ()):
            spell.upn = upn
        if before in self.spells:
            self.spells[upn] = self.spells.pop(before)

    def sessions_in_use(self, keys: set[SessionKey]) -> dict[SessionKey, str]:
        """Those of the sessions that have marks or an opened register, and how many, in words."""
        if not keys:
            return {}
        days = {day for day, _ in keys}
        marks: dict[SessionKey, int] = defaultdict(int)
        rows = Mark.objects.filter(enrolment__school=self.school, date__in=days)
        for day, half in rows.values_list("date", "half"):
            marks[day, Half(half)] += 1
        found = {key: f"{marks[key]:,} marks" for key in keys if marks.get(key)}
        opened = Register.objects.filter(session__school=self.school, session__date__in=days)
        for day, half in opened.values_list("session__date", "session__half"):
            if (day, half) in keys:
                found.setdefault((day, Half(half)), "a class register")
        return found

    def other_school_of(self, enrolment_id: int | None) -> str:
        """The other school of a dual registration that is planned here; empty for none."""
        return self._other_schools.get(enrolment_id, "")

    @cached_property
    def _other_schools(self) -> dict[int, str]:
        rows = PlannedAbsence.objects.filter(
            enrolment__school=self.school, kind=DUAL, withdrawn_at__isnull=True
        )
        return dict(rows.exclude(place="").values_list("enrolment_id", "place"))


def look_up(urn: str) -> Known:
    school = School.objects.filter(urn=urn).first()
    if school is None:
        return Known(None)
    sessions = Session.objects.filter(school=school).values_list(
        "date", "half", "academic_year__name", "is_open"
    )
    known = Known(school, {(day, Half(half)): (year, held) for day, half, year, held in sessions})
    enrolments = Enrolment.objects.not_void().filter(school=school).order_by("starts_on")
    for pk, upn, born_on, starts_on, leaves_on, ground in enrolments.values_list(
        "pk", "pupil__upn", "pupil__born_on", "starts_on", "leaves_on", "leaving_ground"
    ):
        if ground:
            known.taken_off.add(pk)
        spell = StagedSpell(upn, PupilFacts(born_on, starts_on, leaves_on), pk)
        known.spells.setdefault(upn, []).append(spell)
    known.who = _who_is_who(school)
    return known


def _who_is_who(school: School) -> WhoIsWho:
    fields = ("upn", "surname", "forename", "born_on", "admission_number")
    children = [
        NamedChild(*row) for row in Pupil.objects.filter(school=school).values_list(*fields)
    ]
    former = FormerUpn.objects.filter(pupil__school=school, pupil__merged_into__isnull=True)
    return WhoIsWho(children, dict(former.order_by("until_at").values_list("upn", "pupil__upn")))
