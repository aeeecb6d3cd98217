"""The three renderers: the same content, working links, and hostile text that stays text."""

import io
import re
from html.parser import HTMLParser

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.documents import markdown, page, word
from toolkit.documents.drawing import Box, Drawing, Label, Line, as_png
from toolkit.documents.make import make
from toolkit.documents.model import (
    Bullets,
    Callout,
    Code,
    Document,
    Figure,
    Gap,
    Link,
    Paragraph,
    Section,
    Table,
    Text,
    Words,
    every_section,
    open_points,
)
from toolkit.visible import visible

VOID = {"meta", "img", "br", "rect", "polyline"}
TAGS = {
    "html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "h3", "h4", "p", "dl", "dt", "dd", "nav",
    "ol", "ul", "li", "a", "main", "section", "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "code",
    "figure", "figcaption", "svg", "desc", "rect", "polyline", "text",
}  # fmt: skip
HOSTILE = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a | b\n| c", "]](javascript:x) `code` **b**",
            "\x00\x08\x1b[2J\ud800\ufffe", "&lt;&#60;", "{{ 7*7 }}{% raise %}", "# heading", "- item", "1. item",
            "\u202eevil", "\ue0000\ue001", "]]>", "--> <!--", "www.evil.example https://evil.example a@b.example", "\\|",
        ]
    ),
).filter(str.strip)  # fmt: skip


class Page(HTMLParser):
    """What a browser would find: elements, attributes, the text of each element, whether they nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.ids, self.links, self.open = [], set(), [], [], []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        found = dict(attrs)
        if "id" in found:
            self.ids.append(found["id"])
        if "href" in found:
            self.links.append(found["href"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def document_of(one: str, two: str) -> Document:
    """A document with every kind of block, in which each text is hostile."""
    gap = Gap(what=one, where=two)
    run = (Text(one), Code(two), Link(anchor="first", text=one), gap)
    drawing = Drawing(
        width=300,
        height=100,
        shapes=(
            Box(x=0, y=0, width=10, height=10, fill="#fff"),
            Line(points=((0, 0), (50, 50)), stroke="#000", dashed=True),
            Label(x=0, y=20, text=one, room=200, bold=True),
        ),
    )
    inner = Section(
        anchor="second",
        number="1.1",
        title=two,
        blocks=(Figure(name="topology", drawing=drawing, caption=one, alt=two),),
    )
    blocks = (
        Paragraph(run),
        Callout(run),
        Bullets(items=(run, run)),
        Bullets(items=(run,), numbered=True),
        Table(columns=(one, two), rows=((run, run), (run, ())), caption=two),
    )
    return Document(
        id="hostile",
        language="fr",
        title=one,
        subtitle=two,
        meta=((one, run),),
        notes=(two,),
        sections=(Section(anchor="first", number="1", title=one, blocks=blocks, sections=(inner,)),),
        words=Words(**dict.fromkeys(Words.__struct_fields__, two)),
    )


@given(HOSTILE, HOSTILE)
def test_nothing_of_a_text_becomes_an_element_of_the_page(one, two):
    plain = Page(page.render(document_of("x", "y"))["hostile.fr.html"].decode())
    found = Page(page.render(document_of(one, two))["hostile.fr.html"].decode())
    assert found.tags == plain.tags
    assert set(found.tags) <= TAGS
    assert found.attributes == plain.attributes
    assert (found.ids, found.links) == (plain.ids, plain.links)
    assert visible(one) in found.text
    assert visible(two) in found.text


@given(HOSTILE, HOSTILE)
def test_a_markdown_table_stays_a_table_and_a_line_a_line(one, two):
    plain = markdown.render(document_of("x", "y"))["hostile.fr.md"].decode()
    found = markdown.render(document_of(one, two))["hostile.fr.md"].decode()
    assert len(found.split("\n")) == len(plain.split("\n"))
    for line, model in zip(found.split("\n"), plain.split("\n"), strict=True):
        # what begins a block, and the borders of cells, are where they were
        assert (
            re.match(r"(#+ |\||> |- |\d\. |<a id|!\[|\*)?", line)[0]
            == re.match(r"(#+ |\||> |- |\d\. |<a id|!\[|\*)?", model)[0]
        )
        if model.startswith("|"):
            assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == len(re.findall(r"(?<!\\)(?:\\\\)*\|", model))
    bare = re.sub(r"<a id=\"[\w-]+\"></a>|</?code>|`[^`\n]*`", "", found)
    assert re.search(r"(?<!\\)<", bare) is None
    assert re.findall(r"https?://|www\.", bare) == []


@pytest.mark.slow
@settings(max_examples=15)
@given(HOSTILE, HOSTILE)
def test_word_opens_what_was_written(one, two):
    file = docx.Document(io.BytesIO(word.render(document_of(one, two))["hostile.fr.docx"]))
    assert file.paragraphs[0].text == visible(one)
    assert [cell.text for cell in file.tables[1].rows[0].cells] == [visible(one), visible(two)]


@pytest.fixture(scope="module")
def made(acme):
    """Every document of examples/acme in every format, in French; 60 of them have gaps for want of evidence."""
    formats = ("md", "html", "docx")
    return {one.id: one for one in make(acme, only=(), languages=("fr",), formats=formats)}


@pytest.mark.slow
def test_every_link_and_picture_of_every_page_leads_somewhere(made):
    for id_, document in made.items():
        found = Page(document.files[f"{id_}.fr.html"].decode())
        assert len(found.ids) == len(set(found.ids)), id_
        assert {link.removeprefix("#") for link in found.links} <= set(found.ids), id_
        assert not {"img", "script", "link", "iframe"} & set(found.tags)
        for tag in ("http-equiv", "content"):
            assert tag in found.attributes


@pytest.mark.slow
def test_every_link_and_picture_of_every_markdown_file_leads_somewhere(made):
    for id_, document in made.items():
        text = document.files[f"{id_}.fr.md"].decode()
        anchors = set(re.findall(r'<a id="([\w-]+)">', text))
        assert set(re.findall(r"\]\(#([\w-]+)\)", text)) <= anchors, id_
        assert set(re.findall(r"!\[.*\]\((.*)\)", text)) <= set(document.files), id_


def test_a_word_file_has_headings_tables_pictures_and_gaps(made):
    document = made["low-level-design"]
    file = docx.Document(io.BytesIO(document.files["low-level-design.fr.docx"]))
    headings = [one for one in file.paragraphs if one.style.name.startswith("Heading")]
    assert [one.text for one in headings][:3] == [
        "1 Objet et références",
        "2 Vue d\u2019ensemble",
        "3 Tenants et landing zones",
    ]
    assert {one.style.name for one in headings} == {"Heading 1", "Heading 2"}
    header = file.tables[1].rows[0]
    assert [cell.text for cell in header.cells][:2] == ["Identifiant", "Environnement"]
    assert header._tr.trPr is not None
    assert len(file.inline_shapes) == 1
    picture = file.inline_shapes[0]._inline.docPr
    assert "1 tenant(s)" in picture.get("descr")
    assert file.core_properties.language == "fr-FR"
    assert document.gaps
    body = file.element.xml
    for point in document.gaps:
        assert f"[à compléter ({point.number}): {point.gap.what}]" in body
    names = set(re.findall(r'w:bookmarkStart w:id="\d+" w:name="(\w+)"', body))
    assert set(re.findall(r'w:anchor="(\w+)"', body)) <= names


def test_the_same_gap_is_one_point_and_every_gap_is_listed():
    document = document_of("x", "y")
    points = open_points(document)
    assert [point.number for point in points] == [1]
    assert [section.anchor for section in points[0].sections] == ["first"]
    assert [level for level, _ in every_section(document.sections)] == [1, 2]


def test_a_long_label_is_cut_and_the_picture_is_the_same_twice():
    label = Label(x=0, y=10, text="x" * 100, room=60)
    assert label.shown == "x" * 7 + "…"
    drawing = Drawing(width=100, height=20, shapes=(label,))
    assert as_png(drawing) == as_png(drawing)
    assert as_png(drawing).startswith(b"\x89PNG")
