"""A difference between two inventories as text and as a page: complete, and no text of a customer's gets out of its place."""

from __future__ import annotations

from html.parser import HTMLParser

from toolkit.model.inventory_diff import Effect, FieldChange, InventoryDiff, Item, ItemChange, Outcome, Rename, Where
from toolkit.report.inventory_diff import as_html, as_lines

HOSTILE = "<script>alert(1)</script>\x1b[2J\u202e"


def where(file: str, line: int) -> Where:
    return Where(file=file, line=line, column=3)


def diff(text: str = "x") -> InventoryDiff:
    fields = (
        FieldChange(path="/os/version", old="12", new=text, old_at=where("a.yaml", 7), new_at=where("b.yaml", 8)),
        FieldChange(path="/backup/policies", old=["A", "B"], new=["B", "C"]),
        FieldChange(path="/site", old=None, new="hq", follows=True),
    )
    return InventoryDiff(
        old="a.yaml",
        new="b.yaml",
        added=(Item(section="components", id=text, kind="vm", at=where("b.yaml", 4)),),
        removed=(Item(section="tenants", id="t-1", at=where("a.yaml", 2)),),
        renamed=(Rename(section="sites", old_id="s-1", new_id=text, fields=fields[2:]),),
        moved=(ItemChange(section="components", id="vm-1", kind="vm", fields=fields[2:]),),
        changed=(ItemChange(section="components", id="vm-2", kind="vm", fields=fields[:2]),),
        effects=(
            Effect(
                component="vm-2",
                old_id="vm-1",
                old=Outcome(build_model="full-build", transition_class=5, rule="BM-004", class_rule="TC-004"),
                new=Outcome(),
                reasons=(text,),
            ),
            Effect(component="vm-3", old_id="vm-3", old=None, new=Outcome()),
        ),
    )


def test_the_text_says_everything() -> None:
    assert list(as_lines(diff())) == [
        "added vm x (b.yaml:4:3)",
        "removed tenant t-1 (a.yaml:2:3)",
        "site s-1: this looks like a rename to x",
        '  site: not given → "hq" (follows the rename)',
        "moved vm vm-1",
        '  site: not given → "hq" (follows the rename)',
        "changed vm vm-2",
        '  os.version: "12" → "x" (a.yaml:7:3 → b.yaml:8:3)',
        '  backup.policies: - "A", + "C"',
        "decided otherwise: vm-2 (was vm-1)",
        "  full-build [BM-004], class 5 [TC-004] → undecided (no rule fits)",
        "  because x",
        "decided otherwise: vm-3",
        "  nothing decided → undecided (no rule fits)",
        "1 added, 1 removed, 1 renamed, 1 moved, 1 changed, 2 decisions affected",
    ]
    assert list(as_lines(InventoryDiff())) == ["no difference in meaning"]


class Page(HTMLParser):
    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_says_everything_and_runs_nothing() -> None:
    page = Page(as_html(diff(HOSTILE)))
    assert not {"script", "img", "link", "iframe"} & page.tags
    assert "\x1b" not in page.text
    assert "\u202e" not in page.text
    for words in ("vm-1", "os.version", "a.yaml:7:3", '- "A", + "C"', "follows the rename", "undecided", "1 added"):
        assert words in page.text
    assert "no difference in meaning" in Page(as_html(InventoryDiff())).text
