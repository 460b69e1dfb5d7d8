"""Where the page of an upload leads on to, at each of its stages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from registers.exchange.pages.stages import UploadStage
from registers.models import Job

CHANGE = "?change"
PRIMARY, PLAIN = "btn btn-primary", "btn"
DOWNLOADS = {
    UploadStage.CHECKED: (
        "Download the wrong rows",
        '<p class="setup-after measure">They come with a list of what is wrong in each. Mend them '
        "there, and bring in the whole zip again.</p>",
    )
}


@dataclass(frozen=True, slots=True)
class UploadLink:
    words: str
    href: str
    classes: str = ""

    @property
    def attrs(self) -> str:
        named = {"class": self.classes} if self.classes else {}
        return flatatt(named | {"href": self.href})


@dataclass(frozen=True, slots=True)
class UploadFacts:
    """What the links of a page depend on."""

    job: Job
    has_questions: bool = False
    has_changes: bool = False
    is_set_up: bool = True

    @property
    def wrong_rows(self) -> int:
        rows: int = self.job.answer.get("wrong_rows", 0)
        return rows

    @property
    def has_news(self) -> bool:
        """Whether there is anything to bring in."""
        return self.has_changes or bool(self.wrong_rows)

    @property
    def file(self) -> str:
        return self.address("registers:job_file", job_id=self.job.pk)

    def address(self, name: str, **names: Any) -> str:
        return reverse(name, kwargs={"urn": self.job.school.urn} | names)


def download_of(stage: UploadStage, facts: UploadFacts) -> SafeString:
    """The rows that are wrong as a file, below what is wrong with them; once the good ones are in
    it stands among the links."""
    if not facts.job.file or stage is UploadStage.IN:
        return SafeString()
    words, hint = DOWNLOADS.get(stage, ("Download the list", ""))
    link = UploadLink(words, facts.file, PLAIN)
    return format_html(f'<p class="setup-after"><a{{}}>{{}}</a></p>{hint}', link.attrs, words)


def links_of(stage: UploadStage, facts: UploadFacts) -> list[UploadLink]:
    return list(LINKS_OF.get(stage, _of_stopped)(stage, facts))


def _of_stopped(stage: UploadStage, facts: UploadFacts) -> Iterator[UploadLink]:
    if stage.is_broken_off:
        yield UploadLink("Go to the imports", facts.address("registers:imports"), PRIMARY)
    else:
        yield UploadLink("Choose files", facts.address("registers:import_new"), PRIMARY)
    if stage.may_change and facts.has_questions:
        yield UploadLink("Change what columns and words mean", CHANGE, PLAIN)


def _of_check(stage: UploadStage, facts: UploadFacts) -> Iterator[UploadLink]:
    if not facts.has_news:
        yield UploadLink("Back to the imports", facts.address("registers:imports"), PRIMARY)
    if facts.has_questions:
        yield UploadLink("Change what columns and words mean", CHANGE)
    if facts.wrong_rows:
        yield UploadLink("Choose mended files instead", facts.address("registers:import_new"))


def _of_import(stage: UploadStage, facts: UploadFacts) -> Iterator[UploadLink]:
    see_pupils = facts.address("absence:pupils")
    if facts.is_set_up:
        yield UploadLink("See the pupils", see_pupils, PRIMARY)
    else:
        yield UploadLink("Go on with the set-up", facts.address("registers:set_up"), PRIMARY)
        yield UploadLink("See the pupils", see_pupils, PLAIN)
    if facts.job.file:
        yield UploadLink("Download the rows that were left out", facts.file, PLAIN)
    yield UploadLink("Bring in more files", facts.address("registers:import_new"), PLAIN)


LINKS_OF: dict[UploadStage, Callable[[UploadStage, UploadFacts], Iterator[UploadLink]]] = {
    UploadStage.CHECKED: _of_check,
    UploadStage.IN: _of_import,
}
