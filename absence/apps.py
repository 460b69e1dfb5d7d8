"""What the marks add up to."""

from django.apps import AppConfig


class AbsenceConfig(AppConfig):
    name = "absence"

    def ready(self):
        """Tells the registers' pages what a year's absence amounts to: see `registers.slots`."""
        from absence.measures import Tally
        from registers import slots

        def standing(attended: int, authorised: int, unauthorised: int) -> slots.Standing:
            tally = Tally(attended, authorised, unauthorised)
            if tally.severely_absent:
                return slots.Standing("Severely absent", True)
            return slots.Standing(
                "Persistently absent" if tally.persistently_absent else "",
                tally.persistently_absent,
            )

        slots.fill_standing(standing)
