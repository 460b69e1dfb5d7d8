"""Registers in a state that only time brings about."""

from datetime import datetime

from registers.models import Register


def end_register(*, register: Register, at: datetime | str) -> None:
    """As `end_registers` does when its time is over."""
    Register.objects.filter(pk=register.pk, ended_at__isnull=True).update(ended_at=at)
