"""What the database keeps of a name to find and to sort by; made from the name with every save."""

from collections.abc import Callable
from typing import Any

from django.db import models


class NameKeyField(models.TextField):
    """Text that `make` says of the row's names. It is never written by anybody else.

    `save`, `create` and `bulk_create` make it anew; `Pupil.objects.bulk_update` does where a name
    is among its fields; after each migrate all are made once more, since a release may know more
    letters than the last.
    """

    def __init__(self, make: Callable[[Any], str] | None = None, **kwargs: Any):
        self.make = make
        settings: dict[str, Any] = {"editable": False, "default": ""}
        super().__init__(**settings | kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        if self.make is None:  # in a migration
            return super().pre_save(model_instance, add)
        made = self.make(model_instance)
        setattr(model_instance, self.attname, made)
        return made

    def deconstruct(self) -> Any:
        """A migration knows it as the text that it is."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs
