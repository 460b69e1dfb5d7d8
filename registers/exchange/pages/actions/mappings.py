"""Answers about a system's files, kept under a name: the next import of the same asks nothing."""

from django.db import transaction
from django.utils import timezone

from registers import policies
from registers.exchange.questions import Answers
from registers.models import ImportMapping, School
from registers.models.school.staff import User

# How the ids of questions begin that are about a child, or about one file's own week or year:
# such answers are never kept for later.
ABOUT_THIS_TIME = ("same-pupil:", "marks-week:", "marks-year:")


@transaction.atomic
def keep_mapping(*, school: School, name: str, answers: Answers, by: User | None) -> ImportMapping:
    """Keep these answers under a name, in place of those that it had. Raises Refused.

    `by` may be None at the prompt, on the server itself.
    """
    if by is not None:
        policies.check(by, "import_school", school=school)
    now = timezone.now()
    kept = {key: said for key, said in answers.items() if not key.startswith(ABOUT_THIS_TIME)}
    mapping, _ = ImportMapping.objects.update_or_create(
        school=school,
        name=" ".join(name.split()),
        defaults={"answers": kept, "made_by": by, "made_at": now, "used_at": now},
    )
    return mapping


def names_of(school: School) -> list[str]:
    """The names of what the school has kept, what was used last first."""
    return list(ImportMapping.objects.filter(school=school).values_list("name", flat=True))


@transaction.atomic
def answers_of(school: School, name: str) -> Answers:
    """The answers that are kept under a name, now used once more; none for no name.

    Raises ImportMapping.DoesNotExist.
    """
    if not name:
        return {}
    mapping = ImportMapping.objects.get(school=school, name=name)
    ImportMapping.objects.filter(pk=mapping.pk).update(used_at=timezone.now())
    return dict(mapping.answers)


@transaction.atomic
def delete_mapping(*, mapping: ImportMapping, by: User) -> None:
    """Raises Refused."""
    policies.check(by, "import_school", school=mapping.school_id)
    mapping.delete()
