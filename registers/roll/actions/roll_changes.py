"""Note what changes in the admission register, as the law asks of an amendment."""

from collections.abc import Mapping
from datetime import date

from registers import policies
from registers.models import Person, Pupil, RollChange
from registers.models.school.staff import User
from registers.roll.actions.wrong_fields import WrongFields
from registers.rules.wording import plural

Entries = Mapping[str, object]  # what the register says, by the name of each entry


def amended(before: Entries, after: Entries) -> dict[str, tuple[str, str]]:
    """The entries that said one thing and now say another; filling one in is no amendment."""
    return {
        what: (in_words(old), in_words(after[what]))
        for what, old in before.items()
        if in_words(old) not in ("", in_words(after[what]))
    }


def note_changes(
    *,
    changes: Mapping[str, tuple[str, str]],
    reason: str,
    by: User,
    school_id: int,
    pupil: Pupil | None = None,
    person: Person | None = None,
) -> None:
    """Keep each change with who and why; the caller has asked for the reason."""
    position = policies.position_of(by, "keep_pupils", school=school_id) if changes else ""
    RollChange.objects.bulk_create(
        RollChange(
            pupil=pupil,
            person=person,
            what=what,
            before=before,
            after=after,
            reason=reason.strip(),
            by=by,
            by_name=str(by),
            by_position=position,
        )
        for what, (before, after) in changes.items()
    )


def check_reason(changes: Mapping[str, tuple[str, str]], reason: str) -> None:
    """Raises WrongFields where something changes and nobody says why."""
    if changes and not reason.strip():
        entries, verb = " and the ".join(changes), plural(len(changes), "is", "are")
        raise WrongFields({"reason": f"Say why the {entries} {verb} changing"})


def note_with_reason(
    changes: Mapping[str, tuple[str, str]], reason: str, pupil: Pupil, by: User
) -> None:
    """The same, with a reason that must be given. Raises WrongFields."""
    check_reason(changes, reason)
    note_changes(changes=changes, reason=reason, by=by, school_id=pupil.school_id, pupil=pupil)


def in_words(value: object) -> str:
    """As the history shows it: days written out, nothing for what is empty."""
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    return str(value or "").strip()
