"""The charts of letters, from their figures. No Django here."""

from collections.abc import Mapping

from absence.charts import Bar, bars
from interventions.letters import wording
from interventions.letters.scripts import in_another_script, without_other_scripts
from interventions.letters.window import width

WIDTH = 74.0  # mm
LABEL_POINTS = 9.5


def days_missed(figures: Mapping, *, forename: str) -> str:
    """The pupil beside the year group, or, with nothing to compare, the days missed of all."""
    if figures["year_median"] is None or figures["year_median"] >= figures["missed"]:
        return _of_all(figures, forename)
    missed, most = wording.days(figures["missed"]), wording.days(figures["year_median"])
    year = wording.year_words(figures["year_group"])
    others = Bar(f"Half of {year} missed no more than", figures["year_median"], most, solid=False)
    return bars(
        [Bar(_label(forename), figures["missed"], missed), others],
        title=f"Days missed: {forename} {missed}; half of {year} no more than {most}.",
        width=WIDTH,
    )


def _of_all(figures: Mapping, forename: str) -> str:
    missed, possible = figures["missed"], figures["possible"]
    figure = f"{wording.half_days(missed)} of {wording.half_days(possible)}"
    title = f"{forename} missed {wording.of_school_days(missed, possible)}."
    return bars([Bar(_label(forename), missed, figure, whole=possible)], title=title, width=WIDTH)


def _label(forename: str) -> str:
    """The pupil's name where a chart can show it.

    A chart draws letter by letter: an Arabic name would come apart.
    """
    ours = without_other_scripts(forename)
    fits = width(ours, LABEL_POINTS) < WIDTH and not in_another_script(ours)
    return ours if fits else "Missed"
