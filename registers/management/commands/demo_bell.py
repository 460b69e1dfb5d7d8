"""The door to the demonstration's bell: `./rollbook demo` rings it at every start."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from registers.demo.actions import ring
from registers.demo.school import DETAILS
from registers.rules.clock import times_on


class Command(BaseCommand):
    help = "Sets the demonstration school's register times so that one can be taken now."

    def handle(self, *args: Any, **options: Any) -> None:
        school = ring(urn=DETAILS["URN"])
        if school is not None:
            times = times_on(school, timezone.localdate())
            self.stdout.write(
                "So that there is a register to take, the demonstration school calls it from now "
                f"on: {times.morning_at:%H:%M} and {times.afternoon_at:%H:%M}, each for "
                f"{times.minutes} minutes."
            )
