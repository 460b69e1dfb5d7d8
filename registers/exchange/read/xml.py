"""XML from outside, read with every door shut: no DTD, no entity, nothing fetched, all bounded.

A transfer file has no use for a document type; a file that has one is refused before any of its
elements is read. What is left is bounded: size, depth, text, elements.
"""

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from registers.exchange.read.problems import Unreadable

MOST_BYTES = 100 << 20
DEEPEST = 40  # levels; a CTF has eleven
LONGEST_TEXT = 20_000  # characters of one element
MOST_ELEMENTS = 5_000_000  # of a file
MOST_IN_ONE = 20_000  # elements of one pupil

TOO_DEEP = f"its elements lie more than {DEEPEST} deep in each other"
DOCTYPE = "it declares a document type or entities (DOCTYPE), which a transfer file never needs"


def elements_named(path: Path, source: str, names: set[str]) -> Iterator[etree._Element]:
    """Each whole element of these names, wherever it stands and whatever its namespace.

    Cleared once the caller goes on to the next. Raises Unreadable with the line, also after some
    were given.
    """
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable(source, f"is larger than {MOST_BYTES >> 20} MB")
    with path.open("rb") as stream:
        try:
            yield from _Walk(source, names).over(stream)
        except etree.XMLSyntaxError as error:
            raise Unreadable(source, _said(error), line=error.lineno or 0) from None
        except (LookupError, UnicodeError):
            raise Unreadable(source, "is in an encoding that is not known") from None


class _Walk:
    def __init__(self, source: str, names: set[str]):
        self.source, self.names = source, names
        self.depth = self.seen = self.inside = self.in_one = 0

    def over(self, stream) -> Iterator[etree._Element]:
        walk = etree.iterparse(
            stream,
            events=("start", "end"),
            resolve_entities=False,
            load_dtd=False,
            dtd_validation=False,
            attribute_defaults=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        for event, element in walk:
            if event == "start":
                self._start(element)
                continue
            self._end(element)
            if self.inside == 0 and local_name(element) in self.names:
                yield element
            if self.inside == 0:
                _forget(element)

    def _start(self, element: etree._Element) -> None:
        if self.seen == 0 and element.getroottree().docinfo.doctype:
            self._refuse(element, DOCTYPE)
        self.depth += 1
        self.seen += 1
        self.in_one = self.in_one + 1 if self.inside else 0
        if self.inside or local_name(element) in self.names:
            self.inside += 1
        if self.depth > DEEPEST:
            self._refuse(element, TOO_DEEP)
        if self.seen > MOST_ELEMENTS or self.in_one > MOST_IN_ONE:
            self._refuse(element, "it holds more elements than any transfer file")

    def _end(self, element: etree._Element) -> None:
        self.depth -= 1
        self.inside -= bool(self.inside)
        if len(element.text or "") > LONGEST_TEXT:
            words = f"the text of {local_name(element)} is longer than {LONGEST_TEXT:,} characters"
            self._refuse(element, words)
        if any(not isinstance(child.tag, str) for child in element):
            self._refuse(element, "it refers to an entity, which a transfer file never needs")

    def _refuse(self, element: etree._Element, words: str) -> None:
        raise Unreadable(self.source, words, line=element.sourceline or 0)


def local_name(element: etree._Element) -> str:
    """Without the namespace: schools' systems write it or leave it out."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _forget(element: etree._Element) -> None:
    """Give the memory back, with all that came before it."""
    element.clear()
    while element.getprevious() is not None and element.getparent() is not None:
        del element.getparent()[0]


def _said(error: etree.XMLSyntaxError) -> str:
    what = str(error).split(", line ")[0]
    return f"is no whole XML file ({what}): export it again"
