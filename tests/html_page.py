"""A page as somebody finds it: its headings, rows, fields, links and words, not its markup.

page = read_page(client.get(url))
page.row("Ada Byron").cell("Absent")
page.field("seen").value
page.link("The school’s calendar")
page.has_button("Save")
page.wrong  # the fields that the summary of errors leads to
page.notice("success")
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from django.contrib.messages import get_messages
from django.http import HttpResponse
from lxml import html

INLINE = frozenset(
    "a abbr b bdi bdo code em i kbd mark q s small span strong sub sup time u".split()
)
UNSEEN = frozenset("script style svg template noscript".split())


def read_page(answer: HttpResponse | str) -> "HtmlPage":
    """A response, or a part of one, read."""
    if isinstance(answer, str):
        return HtmlPage(answer)
    asked = getattr(answer, "wsgi_request", None)  # what a client asked, if one did
    return HtmlPage(answer.content.decode(), at=asked.path if asked else "/")


def message_levels(answer: HttpResponse) -> list[str]:
    """How each message about what has just happened is meant: success, info, warning or error."""
    return [message.level_tag for message in get_messages(answer.wsgi_request)]


def words_of(element: html.HtmlElement) -> str:
    """What can be read of an element, parted by single spaces."""
    return " ".join("".join(_pieces(element)).split())


def _pieces(element: html.HtmlElement) -> Iterator[str]:
    if isinstance(element.tag, str) and element.tag not in UNSEEN:
        apart = "" if element.tag in INLINE else " "
        yield apart + (element.text or "")
        for child in element:
            yield from _pieces(child)
            yield child.tail or ""
        yield apart


def numbers_in(words: str) -> list[int]:
    """The whole numbers that are said, in their order."""
    return [int(number) for number in re.findall(r"\d+", words)]


@dataclass(frozen=True)
class Row:
    """A row of a table, with the headings of its columns."""

    headings: list[str]
    cells: list[str]
    element: html.HtmlElement

    def cell(self, heading: str) -> str:
        return self.cells[self.headings.index(heading)]


@dataclass(frozen=True)
class Field:
    """Everything of a form that has one name: what would be sent, and what can be chosen."""

    elements: list[html.HtmlElement]

    @property
    def values(self) -> list[str]:
        """What would be sent as the page stands."""
        return [value for element in self.elements for value in _sent_values(element)]

    @property
    def value(self) -> str:
        (value,) = self.values
        return value

    @property
    def choices(self) -> list[str]:
        """The values that a list, radio buttons or boxes offer."""
        options = [option for element in self.elements for option in element.iter("option")]
        return [choice.get("value", "") for choice in options or self.elements]

    @property
    def options(self) -> dict[str, str]:
        """What a list offers: each value -> its words."""
        options = [option for element in self.elements for option in element.iter("option")]
        return {option.get("value", ""): words_of(option) for option in options}


def _sent_values(element: html.HtmlElement) -> list[str]:
    if element.tag == "textarea":
        return [(element.text or "").removeprefix("\n")]
    if element.tag == "select":
        options = list(element.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None]
        return [option.get("value", option.text or "") for option in chosen or options[:1]]
    if element.get("type") in {"radio", "checkbox"} and element.get("checked") is None:
        return []
    return [element.get("value", "")]


class HtmlPage:
    def __init__(self, text: str, *, at: str = "/"):
        """`at` is the page's own address: what leads up from it is made whole."""
        self.is_whole = "<html" in text  # and not a part that goes into a page
        self.root = html.document_fromstring(text or "<p></p>")
        self.root.rewrite_links(lambda link: urljoin(at, link) if link.startswith("../") else link)

    @property
    def title(self) -> str:
        return words_of(self.root.find(".//title"))

    @property
    def main(self) -> html.HtmlElement:
        main = self.root.find(".//main")
        return self.root if main is None else main

    @property
    def heading(self) -> str:
        return words_of(self.root.find(".//h1"))

    @property
    def text(self) -> str:
        """All that can be read of the main part."""
        return words_of(self.main)

    def sets_apart(self, name: str) -> bool:
        """Whether this name stands in a bdi."""
        return name in self.names_apart

    @property
    def names_apart(self) -> list[str]:
        """What stands in a bdi: names that leave the direction of their neighbours alone."""
        return [words_of(element) for element in self.root.iter("bdi")]

    @property
    def links(self) -> dict[str, str]:
        """The words of each link -> where it leads."""
        return {words_of(link): link.get("href") for link in self.root.xpath(".//a[@href]")}

    def link(self, name: str) -> str:
        """Where the link of these words leads."""
        return self.links[name]

    def has_link(self, name: str) -> bool:
        return name in self.links

    @property
    def addresses(self) -> set[str]:
        """All that a link leads to."""
        return set(self.root.xpath(".//a/@href"))

    @property
    def headings(self) -> list[str]:
        return [words_of(element) for element in self.root.xpath("//h1|//h2|//h3|//h4")]

    def has_heading(self, words: str) -> bool:
        return words in self.headings

    @property
    def wrong(self) -> dict[str, str]:
        """The fields that the summary of errors leads to -> what is said of each."""
        links = self.root.xpath(".//*[@role='alert']//a[starts-with(@href, '#')]")
        return {link.get("href")[1:].removeprefix("id_"): words_of(link) for link in links}

    def notices(self, kind: str) -> list[str]:
        """What the notices of a kind say: of "success", "info", "warning" or "danger"."""
        found = self.all_of("*", class_=f"alert-{kind}")
        return [words_of(element) for element in found if element.get("hidden") is None]

    def notice(self, kind: str) -> str:
        """The words of the one notice of this kind."""
        (words,) = self.notices(kind)
        return words

    @property
    def is_empty(self) -> bool:
        """Whether it says that there is nothing here, in the place of a list."""
        return bool(self.all_of("*", class_="empty"))

    @property
    def facts(self) -> dict[str, str]:
        """The terms of the page's lists of facts -> what is said of each."""
        terms = self.main.xpath(".//dt[following-sibling::dd]")
        return {words_of(term): words_of(term.xpath("following-sibling::dd")[0]) for term in terms}

    @property
    def rows(self) -> list[Row]:
        return [row for table in self.root.iter("table") for row in _rows_of(table)]

    def row(self, name: str) -> Row:
        """The one row that has this in a cell, or as the beginning of its first."""
        (row,) = (row for row in self.rows if name in row.cells or row.cells[0].startswith(name))
        return row

    def has_row(self, name: str) -> bool:
        return any(name in row.cells or row.cells[0].startswith(name) for row in self.rows)

    @property
    def tags(self) -> list[str]:
        """The states that stand in a word or two."""
        return [words_of(tag) for tag in self.all_of("span", class_="tag")]

    def has_label(self, words: str) -> bool:
        """Whether something is called so for the ear, or by what begins with it."""
        return any(label.startswith(words) for label in self.root.xpath("//@aria-label"))

    @property
    def looks_again(self) -> list[str]:
        """How often the parts that follow what goes on ask for it, such as "every 2s"."""
        triggers = self.root.xpath("//@hx-trigger")
        return [trigger for trigger in triggers if trigger.startswith("every ")]

    def has_field(self, name: str) -> bool:
        return bool(self._named(name))

    def has_button(self, name: str) -> bool:
        """Whether a button has these words, or begins with them and goes on for the ear."""
        return any(words_of(button).startswith(name) for button in self.root.iter("button"))

    def field(self, name: str) -> Field:
        elements = self._named(name)
        assert elements, f"no field {name}"
        return Field(elements)

    def help_of(self, name: str) -> str:
        """What a field is described by: its help, and what is wrong with it."""
        ids = self.field(name).elements[0].get("aria-describedby", "").split()
        return " ".join(words_of(self.root.get_element_by_id(one)) for one in ids)

    def _named(self, name: str) -> list[html.HtmlElement]:
        wanted = "*[self::input or self::select or self::textarea or self::button][@name=$name]"
        return self.root.xpath(f".//{wanted}", name=name)

    def all_of(self, tag: str, **attributes: str) -> list[html.HtmlElement]:
        """Elements that have these attributes (`hx_get` for hx-get) and this class (`class_`)."""
        return [
            element
            for element in self.root.iter(tag)
            if all(_has(element, name, value) for name, value in attributes.items())
        ]


def _has(element: html.HtmlElement, name: str, value: str) -> bool:
    if name == "class_":
        return value in element.get("class", "").split()
    return element.get(name.replace("_", "-")) == value


def _rows_of(table: html.HtmlElement) -> Iterator[Row]:
    headings = [words_of(cell) for cell in table.xpath("./thead/tr[last()]/*")]
    for row in table.xpath("./tbody/tr|./tr"):
        cells = row.xpath("./td|./th")
        if cells:
            yield Row(headings, [words_of(cell) for cell in cells], row)
