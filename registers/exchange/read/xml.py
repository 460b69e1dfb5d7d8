"""XML from outside, read with every door shut: no DTD, no entity, nothing fetched, all bounded.

A transfer file has no use for a document type; a file that has one is refused before any of its
elements is read. What is left is bounded: size, depth, text, elements.
"""

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import Value

MOST_BYTES = 100 << 20
DEEPEST = 40  # levels; a CTF has eleven
LONGEST_TEXT = 20_000  # characters of one element
MOST_ELEMENTS = 5_000_000  # of a file
MOST_IN_ONE = 20_000  # elements of one pupil


def elements_named(path: Path, source: str, names: set[str]) -> Iterator[etree._Element]:
    """Each whole element of these names, wherever it stands and whatever its namespace.

    Cleared once the caller goes on to the next. Raises UnreadableFile with the line, also after
    some were given.
    """
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableFile(source, ProblemKind.TOO_LARGE, megabytes=MOST_BYTES >> 20)
    with path.open("rb") as stream:
        try:
            yield from _Walk(source, names).over(stream)
        except etree.XMLSyntaxError as error:
            problem = str(error).split(", line ")[0]
            line = error.lineno or 0
            raise UnreadableFile(
                source, ProblemKind.XML_BROKEN, line=line, problem=problem
            ) from None
        except (LookupError, UnicodeError):
            raise UnreadableFile(source, ProblemKind.XML_ENCODING) from None


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
            self._refuse(element, ProblemKind.XML_DOCTYPE)
        self.depth += 1
        self.seen += 1
        self.in_one = self.in_one + 1 if self.inside else 0
        if self.inside or local_name(element) in self.names:
            self.inside += 1
        if self.depth > DEEPEST:
            self._refuse(element, ProblemKind.XML_TOO_DEEP, levels=DEEPEST)
        if self.seen > MOST_ELEMENTS or self.in_one > MOST_IN_ONE:
            self._refuse(element, ProblemKind.XML_TOO_MANY_ELEMENTS)

    def _end(self, element: etree._Element) -> None:
        self.depth -= 1
        self.inside -= bool(self.inside)
        if len(element.text or "") > LONGEST_TEXT:
            name = local_name(element)
            self._refuse(element, ProblemKind.XML_TEXT_TOO_LONG, name=name, characters=LONGEST_TEXT)
        if any(not isinstance(child.tag, str) for child in element):
            self._refuse(element, ProblemKind.XML_ENTITY)

    def _refuse(self, element: etree._Element, kind: ProblemKind, **values: Value) -> None:
        raise UnreadableFile(self.source, kind, line=element.sourceline or 0, **values)


def local_name(element: etree._Element) -> str:
    """Without the namespace: schools' systems write it or leave it out."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _forget(element: etree._Element) -> None:
    """Give the memory back, with all that came before it."""
    element.clear()
    while element.getprevious() is not None and element.getparent() is not None:
        del element.getparent()[0]


def child_of(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first element of these names, each below the one before."""
    for name in path:
        if element is None:
            return None
        element = next((one for one in element if local_name(one) == name), None)
    return element


def text_of(element: etree._Element | None, *path: str) -> str:
    """The text of that child in one line; empty where there is none."""
    found = child_of(element, *path)
    return "" if found is None else text_in(found)


def text_in(element: etree._Element) -> str:
    return " ".join((element.text or "").split())
