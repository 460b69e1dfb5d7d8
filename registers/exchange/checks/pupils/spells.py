"""Every time on the roll that the marks may hang on: the file's, then Rollbook's others."""

from dataclasses import replace
from operator import attrgetter

from registers.exchange.checks.known import Known
from registers.exchange.layout.folder import Folder, PupilRow
from registers.exchange.layout.staged import StagedSpell
from registers.rules.grouping import grouped_by


def join_spells(folder: Folder, known: Known) -> None:
    """Fills `folder.spells`, in the order of their days; pupils who wait have none."""
    rows = grouped_by(folder.pupils, attrgetter("upn"))
    for pupil in folder.pupils:
        folder.spells.setdefault(pupil.upn, []).append(StagedSpell(pupil.upn, pupil.facts))
    for upn in known.spells:
        if upn not in folder.waiting:
            _join_known(upn, rows[upn], folder, known)
    for spells in folder.spells.values():
        spells.sort(key=attrgetter("starts_on"))


def _join_known(upn: str, rows: list[PupilRow], folder: Folder, known: Known) -> None:
    """Those that the rows are about get their enrolment; the others are added as they are."""
    spells = folder.spells.setdefault(upn, [])
    ours = {row.stands_for: spell for row, spell in zip(rows, spells, strict=True)}
    for spell in known.spells_of(upn):
        if spell.starts_on in ours:
            ours[spell.starts_on].enrolment_id = spell.enrolment_id
        else:
            born_on = rows[-1].born_on if rows else spell.facts.born_on
            facts = replace(spell.facts, born_on=born_on)
            spells.append(StagedSpell(upn, facts, spell.enrolment_id))
