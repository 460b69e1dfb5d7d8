"""Accounts of staff."""

from registers.models import User


def set_password(user: User, password: str) -> None:
    """Give an account its password; the only way in for one that was imported."""
    user.set_password(password)
    user.save(update_fields=["password"])
