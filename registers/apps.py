"""The admission register and the attendance register."""

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


def make_room_for_rebuilt_tables(sender, using, plan, **kwargs):
    """SQLite changes a table by making it anew, and refuses where a trigger names the one that is
    gone for a moment: while there is something to migrate the guards are lifted.
    """
    from registers.marks import guards

    connection = connections[using]
    if plan and connection.vendor == "sqlite":
        guards.lift(connection)


def bring_into_line(sender, using, **kwargs):
    """After each migrate: the code table as `codes.py` has it, the keys of the names as
    `names.py` makes them, and every guard in its place."""
    from registers.code_list.actions import bring_codes_into_line
    from registers.marks import guards
    from registers.roll.actions.names import bring_keys_into_line

    connection = connections[using]
    if "registers_code" in connection.introspection.table_names():
        bring_codes_into_line(using=using)
    if "registers_formername" in connection.introspection.table_names():
        bring_keys_into_line(using=using)
    guards.install(connection)


class RegistersConfig(AppConfig):
    name = "registers"

    def ready(self):
        pre_migrate.connect(make_room_for_rebuilt_tables, sender=self)
        post_migrate.connect(bring_into_line, sender=self)
