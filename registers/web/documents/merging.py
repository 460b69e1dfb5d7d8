"""Several printed documents as one PDF: pages, bookmarks, tags, numbers across the whole.

Made for what the press prints. Each part keeps its tags: the trees are put under one root, in the
order of the parts, so that a screen reader reads the whole as one document. What is lost of a part
is its own title and its links into other parts; `whole:` links are made into links of the whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    RectangleObject,
)

LINK = "whole:"  # the address of a link to a page of the whole: "whole:12" is its twelfth page
NUMBER = NameObject("/RollbookPageNumber")


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A bookmark of a part: its words, how deep it stands, and its page, counted from 0."""

    words: str
    depth: int
    page: int


def headings(pdf: bytes) -> list[Bookmark]:
    """The bookmarks of a document, in order."""
    reader = PdfReader(BytesIO(pdf))
    found: list[Bookmark] = []

    def walk(outline: Sequence[Any], depth: int) -> None:
        for one in outline:
            if isinstance(one, list):
                walk(one, depth + 1)
            else:
                page = reader.get_destination_page_number(one)
                found.append(Bookmark(str(one.title), depth, page or 0))

    walk(reader.outline, 0)
    return found


def merge(parts: Sequence[bytes], *, title: str, numbers: bytes | None = None) -> bytes:
    """The parts one after the other. `numbers` has a page for each page of the whole, laid over it.

    Language, title display and the declaration of the variant are those of the first part.
    """
    writer = PdfWriter()
    children = ArrayObject()
    parents: list[tuple[NumberObject, Any]] = []
    for part in parts:
        reader = PdfReader(BytesIO(part))
        first = len(writer.pages)
        writer.append(reader, import_outline=True)
        _take_tags(writer, reader, first, children, parents)
    _plant(writer, children, parents)
    _link(writer)
    if numbers is not None:
        _lay_over(writer, PdfReader(BytesIO(numbers)))
    _declare(writer, PdfReader(BytesIO(parts[0])), title)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


# --- tags


def _take_tags(
    writer: PdfWriter,
    reader: PdfReader,
    first: int,
    children: ArrayObject,
    parents: list[tuple[NumberObject, Any]],
) -> None:
    """The part's tree of tags, its keys moved behind those of the parts before it.

    Pages are known by now, so that what the tags say of them points to the pages of the whole.
    """
    tree = reader.root_object.get("/StructTreeRoot")
    if tree is None:
        return
    tree = tree.get_object()
    offset = len(parents)
    numbers = tree["/ParentTree"].get_object().get("/Nums", ArrayObject())
    for key, value in zip(numbers[::2], numbers[1::2], strict=True):
        parents.append((NumberObject(int(key) + offset), _clone(value, writer)))
    children.extend(_clone(kid, writer) for kid in _listed(tree.get("/K")))
    for number, page in enumerate(reader.pages):
        ours = writer.pages[first + number]
        if "/StructParents" in page:
            ours[NameObject("/StructParents")] = NumberObject(int(page["/StructParents"]) + offset)  # type: ignore[call-overload]
        for annotation in ours.get("/Annots", ArrayObject()):
            said = annotation.get_object()
            if "/StructParent" in said:
                moved = int(said["/StructParent"]) + offset
                said[NameObject("/StructParent")] = NumberObject(moved)


def _clone(value: Any, writer: PdfWriter) -> Any:
    """A copy that belongs to the whole, as a reference where it was one."""
    made = value.clone(writer)
    return made.indirect_reference or made if isinstance(value, IndirectObject) else made


def _listed(value: Any) -> list[Any]:
    """What stands under /K: one thing or a list of them, references kept."""
    if value is None or isinstance(value, NullObject):
        return []
    inner = value.get_object()
    return list(inner) if isinstance(inner, ArrayObject) else [value]


def _plant(
    writer: PdfWriter, children: ArrayObject, parents: Sequence[tuple[NumberObject, Any]]
) -> None:
    """One root over the trees of all parts."""
    if not children:
        return
    numbers = ArrayObject()
    for key, value in sorted(parents, key=lambda pair: int(pair[0])):
        numbers.extend([key, value])
    root = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/StructTreeRoot"),
            NameObject("/K"): children,
            NameObject("/ParentTree"): DictionaryObject({NameObject("/Nums"): numbers}),
            NameObject("/ParentTreeNextKey"): NumberObject(len(parents)),
        }
    )
    reference = writer._add_object(root)
    for child in children:
        child.get_object()[NameObject("/P")] = reference
    writer.root_object[NameObject("/StructTreeRoot")] = reference


# --- links and numbers


def _link(writer: PdfWriter) -> None:
    """Links to `whole:12` become links to the twelfth page."""
    for page in writer.pages:
        for reference in page.get("/Annots", ArrayObject()):
            annotation = reference.get_object()
            address = str(annotation.get("/A", {}).get("/URI", ""))
            if address.startswith(LINK):
                target = writer.pages[int(address.removeprefix(LINK)) - 1]
                del annotation["/A"]
                annotation[NameObject("/Dest")] = ArrayObject(
                    [target.indirect_reference, NameObject("/Fit")]
                )


def _lay_over(writer: PdfWriter, numbers: PdfReader) -> None:
    """Each page of `numbers` over the same page of the whole, as a drawing of its own."""
    for page, number in zip(writer.pages, numbers.pages, strict=True):
        form = DecodedStreamObject()
        form.set_data(number.get_contents().get_data())  # type: ignore[union-attr]
        form.update(
            {
                NameObject("/Type"): NameObject("/XObject"),
                NameObject("/Subtype"): NameObject("/Form"),
                NameObject("/BBox"): RectangleObject(number.mediabox),
                NameObject("/Resources"): number["/Resources"].clone(writer),
            }
        )
        drawn = writer._add_object(form.flate_encode())
        shared = _dictionary(page["/Resources"])  # by all pages of a part
        drawings = _dictionary(shared.get("/XObject", DictionaryObject()))
        page[NameObject("/Resources")] = DictionaryObject(
            {**shared, NameObject("/XObject"): DictionaryObject({**drawings, NUMBER: drawn})}
        )
        before, after = DecodedStreamObject(), DecodedStreamObject()
        before.set_data(b"q\n")
        after.set_data(f"\nQ\nq {NUMBER} Do Q\n".encode())
        page[NameObject("/Contents")] = ArrayObject(
            [
                writer._add_object(before),
                *_listed(page.raw_get("/Contents")),
                writer._add_object(after),
            ]
        )


def _dictionary(value: Any) -> DictionaryObject:
    found = value.get_object()
    assert isinstance(found, DictionaryObject)
    return found


def _declare(writer: PdfWriter, first: PdfReader, title: str) -> None:
    for name in ("/Lang", "/MarkInfo", "/ViewerPreferences", "/Metadata"):
        if name in first.root_object:
            writer.root_object[NameObject(name)] = _clone(first.root_object.raw_get(name), writer)
    about: Mapping[str, Any] = first.metadata or {}
    writer.add_metadata({**{str(k): str(v) for k, v in about.items()}, "/Title": title})
    for page in writer.pages:
        page[NameObject("/Tabs")] = NameObject("/S")
