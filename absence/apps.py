"""What the marks add up to."""

from django.apps import AppConfig


class AbsenceConfig(AppConfig):
    name = "absence"

    def ready(self):
        """Tells the registers' pages what a year's absence amounts to (`registers.web.hooks`)."""
        from registers.rules.tally import Tally
        from registers.web import hooks

        def standing(attended: int, authorised: int, unauthorised: int) -> hooks.AbsenceSummary:
            tally = Tally(attended, authorised, unauthorised)
            if tally.severely_absent:
                return hooks.AbsenceSummary("Severely absent", True)
            return hooks.AbsenceSummary(
                "Persistently absent" if tally.persistently_absent else "",
                tally.persistently_absent,
            )

        hooks.fill_standing(standing)
