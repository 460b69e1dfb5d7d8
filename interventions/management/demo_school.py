"""The invented school that the commands of the demonstration write for."""

from django.core.management.base import CommandError

from registers.models import School


def demo_school(urn: str) -> School:
    """Raises CommandError where it has not been made."""
    school = School.objects.filter(urn=urn).first()
    if school is None:
        raise CommandError(f"There is no school {urn}: make it with demo_school first.")
    return school
