"""Services that are added: each fault is told with file, line, place, reason and fix; the toolkit's own have none."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from made_up_service import SERVICE, lay, made

from toolkit import catalogue
from toolkit.catalogue.checking import RULES, checked, examined
from toolkit.catalogue.places import LARGEST
from toolkit.catalogue.service_list import FILE, OWN
from toolkit.errors import InventoryInvalid, UsageError


@pytest.mark.parametrize("path", sorted(OWN.glob(f"*/{FILE}")), ids=lambda path: path.parent.name)
def test_the_toolkits_own_services_have_no_fault(path: Path) -> None:
    service, faults = examined(path)
    assert faults == ()
    assert service == catalogue.service(path.parent.name)


def test_the_made_up_service_has_none_either(tmp_path: Path) -> None:
    assert examined(lay(tmp_path, made()))[1] == ()


OTHER = {"en": "x", "fr": "x"}
BAD: list[tuple[list[tuple[str, Any]], str, str]] = [
    # (what is changed, pointer of the fault, words of its message)
    ([("/source", "SD-5 §6")], "/source", "SD-5 §6 is not of SD-6"),
    ([("/levels/cap_source", "SD-5 §6")], "/levels/cap_source", "not of SD-6"),
    ([("/stages/0/exit/0/source", "SD-1 §1.2")], "/stages/0/exit/0/source", "not of SD-6"),
    ([("/deliverables/0/due/source", "SD-1 §1.2")], "/deliverables/0/due/source", "not of SD-6"),
    (
        [("/priorities/1/id", "dim"), ("/levels/restore/targets/0/of", "dim")],
        "/levels/restore/targets/0/of",
        "no priority or change 'dim'",
    ),
    ([("/limits/0/value", "36526"), ("/limits/0/unit", "days")], "/limits/0/value", "longer than a century"),
    ([("/limits/1/id", "aperture")], "/limits/1/id", "'aperture' stands twice"),
    ([("/priorities/1/id", "P1")], "/priorities/1/id", "'P1' stands twice"),
    ([("/stages/0/exit/1/id", "seen")], "/stages/0/exit/1/id", "'seen' stands twice"),
    ([("/tables/0/rows/1/id", "mirror")], "/tables/0/rows/1/id", "'mirror' stands twice"),
    ([("/options/0/id", "gold"), ("/deliverables/0/options", [])], "/options", "two things that can be bought"),
    ([("/inventory/required", ["event"])], "/inventory/required/0", "no section 'event'"),
    ([("/inventory/sections", ["subscription"])], "/prerequisites/0/section", "no section of the inventory"),
    ([("/prerequisites/0/each_has", ["phone"])], "/prerequisites/0/each_has", "only contacts have it"),
    ([("/prerequisites/0/section", "customer/contact/it")], "/prerequisites/0/section", "no part 'contact'"),
    ([("/prerequisites/0/section", "customer/contacts/it/phone")], "/prerequisites/0/section", "no part 'phone'"),
    ([("/prerequisites/0/section", "customer/contacts/IT_Desk")], "/prerequisites/0/section", "no part 'IT_Desk'"),
    ([("/prerequisites/0/section", "prerequisites/letter")], "/prerequisites/0/section", "no part 'letter'"),
    ([("/prerequisites/0/owner", "vendor")], "/prerequisites/0/owner", "no party 'vendor'"),
    ([("/prerequisites/0/stage", "dusk")], "/prerequisites/0/stage", "no stage 'dusk'"),
    ([("/prerequisites/0/tiers", ["iron"])], "/prerequisites/0/tiers/0", "no tier 'iron'"),
    ([("/deliverables/0/owner", "vendor")], "/deliverables/0/owner", "no party 'vendor'"),
    ([("/deliverables/0/reviewer", "vendor")], "/deliverables/0/reviewer", "no party 'vendor'"),
    ([("/deliverables/0/stage", "dusk")], "/deliverables/0/stage", "no stage 'dusk'"),
    ([("/deliverables/0/document", "sky-poem")], "/deliverables/0/document", "no document 'sky-poem'"),
    ([("/deliverables/0/due/hours", 3)], "/deliverables/0/due", "either days or hours"),
    ([("/deliverables/0/due/days", ...)], "/deliverables/0/due", "either days or hours"),
    ([("/deliverables/0/tiers", ["iron"])], "/deliverables/0/tiers/0", "no tier 'iron'"),
    ([("/deliverables/0/options", ["day"])], "/deliverables/0/options/0", "no option 'day'"),
    ([("/stages/0/owner", "vendor")], "/stages/0/owner", "no party 'vendor'"),
    ([("/stages/0/effects", ["paint"])], "/stages/0/effects/0", "no stage of a plan 'paint'"),
    ([("/stages/0/entry/0/of", ["dusk"])], "/stages/0/entry/0/of/0", "no stage 'dusk'"),
    ([("/stages/0/exit/0/of", ["paint"])], "/stages/0/exit/0/of/0", "no stage of a plan 'paint'"),
    ([("/stages/0/exit/0/of", [])], "/stages/0/exit/0", "no stages of the plan"),
    (
        [
            (
                "/stages",
                [
                    {**SERVICE["stages"][0], "gate": False},
                    {"id": "dusk", "title": OTHER, "source": "SD-6 §6", "owner": "provider"},
                ],
            ),
        ],
        "/stages/0/gate",
        "has gates after it",
    ),
    ([("/stages/0/exit/1/of", ["verify"])], "/stages/0/exit/1/of", "names nothing"),
    ([("/windows/0/from", "08:00")], "/windows/0", "always open has no hours"),
    ([("/windows/1/to", ...)], "/windows/1", "days, from and to"),
    ([("/windows/1", {"id": "nights", "title": OTHER, "source": "SD-6 §6"})], "/windows/1", "the provider's to define"),
    ([("/windows/1/to", "17:00")], "/windows/1/to", "ends before it begins"),
    ([("/windows/1/zone", "Europe/Atlantis")], "/windows/1/zone", "no time zone 'Europe/Atlantis'"),
    ([("/hours/0/window", "days")], "/hours/0/window", "no window 'days'"),
    ([("/hours/0/environments", ["lab"])], "/hours/0/environments/0", "no environment 'lab'"),
    ([("/hours/0/priorities", ["P9"])], "/hours/0/priorities/0", "no priority 'P9'"),
    ([("/tiers/0/includes", ["gold"])], "/tiers/0/includes/0", "no lower tier 'gold'"),
    ([("/tiers/1/includes", ["gold"])], "/tiers/1/includes/0", "no lower tier 'gold'"),
    ([("/options/0/only_with", ["iron"])], "/options/0/only_with/0", "no option, offering or tier 'iron'"),
    ([("/levels/monthly_cap_percent", ...)], "/levels", "a cap has its source"),
    ([("/levels/availability/guarantees/0/levels", ["iron"])], "/levels/availability/guarantees/0/levels/0", "no tier"),
    (
        [("/levels/availability/guarantees/1/functions", ["dome"])],
        "/levels/availability/guarantees/1/functions/0",
        "no managed function 'dome'",
    ),
    (
        [("/levels/availability/guarantees/0/percent", "101")],
        "/levels/availability/guarantees/0/percent",
        "more than 100",
    ),
    (
        [("/levels/availability/guarantees/+", {"percent": "98", "levels": ["silver"]})],
        "/levels/availability/guarantees/2",
        "the same tier and function",
    ),
    ([("/levels/availability/scale/1/above", "1.5")], "/levels/availability/scale/1/above", "ends at 1"),
    ([("/levels/availability/scale/1/above", "0.5")], "/levels/availability/scale/1/above", "ends at 1"),
    ([("/levels/availability/scale/1/percent", "2")], "/levels/availability/scale/1/percent", "a larger credit"),
    ([("/levels/availability/scale/0/up_to", "0")], "/levels/availability/scale/0/up_to", "ends before it begins"),
    ([("/levels/availability/scale/0/up_to", None)], "/levels/availability/scale/0/up_to", "is the last one"),
    ([("/levels/availability/scale/2/up_to", "9")], "/levels/availability/scale", "no upper bound"),
    ([("/levels/restore/scale", [])], "/levels/restore/scale", "no upper bound"),
    ([("/levels/restore/targets/0/of", "P9")], "/levels/restore/targets/0/of", "'P9'"),
    ([("/levels/restore/targets/0/level", "iron")], "/levels/restore/targets/0/level", "no tier 'iron'"),
    ([("/levels/restore/targets/0/window", "days")], "/levels/restore/targets/0/window", "no window 'days'"),
    (
        [("/levels/restore/targets/0/minutes", 3)],
        "/levels/restore/targets/0",
        "one of hours, business_days and minutes",
    ),
    ([("/levels/change/targets/0/business_days", ...)], "/levels/change/targets/0", "one of hours"),
    ([("/levels/change/targets/0/of", "sideways")], "/levels/change/targets/0/of", "'sideways'"),
    (
        [("/levels/response/targets/+", {"of": "P2", "level": "gold", "hours": 1})],
        "/levels/response/targets/1",
        "two targets for P2 gold",
    ),
    ([("/priority_matrix/cells/now/few", ...)], "/priority_matrix/cells", "no priority for now and few"),
    ([("/priority_matrix/cells/later", ...)], "/priority_matrix/cells", "no priority for later and many"),
    ([("/priority_matrix/cells/now/few", "P9")], "/priority_matrix/cells/now/few", "no priority 'P9'"),
    ([("/priority_matrix/cells/never", {})], "/priority_matrix/cells/never", "no urgency 'never'"),
    ([("/priority_matrix/cells/now/all", "P1")], "/priority_matrix/cells/now/all", "no impact 'all'"),
    ([("/priority_matrix/meanings", {"never": OTHER})], "/priority_matrix/meanings/never", "no urgency 'never'"),
    ([("/priority_matrix/above", {})], "/priority_matrix", "many has one lower bound"),
    ([("/priority_matrix/at_least/many", "1/2")], "/priority_matrix", "many has one lower bound"),
    ([("/priority_matrix/at_least/few", "1/2")], "/priority_matrix", "begins where a larger impact does"),
    ([("/priority_matrix/at_least/few", "1/4")], "/priority_matrix", "may belong to no impact"),
    ([("/tables/0/rows/1/cells/colour", OTHER)], "/tables/0/rows/1/cells/colour", "no column 'colour'"),
    ([("/tables/0/rows/1/cells/what", {"en": "lens"})], "/tables/0/rows/1/cells/what", "both languages or a figure"),
    ([("/tables/0/rows/1/cells/what", {})], "/tables/0/rows/1/cells/what", "both languages or a figure"),
    (
        [("/tables/0/rows/1/cells/size", {**OTHER, "figure": "limits/aperture"})],
        "/tables/0/rows/1/cells/size",
        "both languages or a figure",
    ),
    (
        [("/tables/0/rows/0/cells/size/figure", "limits/weight")],
        "/tables/0/rows/0/cells/size/figure",
        "no figure at 'limits/weight'",
    ),
    (
        [("/tables/0/rows/0/cells/size/figure", "levels/restore")],
        "/tables/0/rows/0/cells/size/figure",
        "no figure at 'levels/restore'",
    ),
]


@pytest.mark.parametrize(("changes", "path", "words"), BAD, ids=[f"{where}-{words}" for _, where, words in BAD])
def test_each_contradiction_is_told(tmp_path: Path, changes: list[tuple[str, Any]], path: str, words: str) -> None:
    file = lay(tmp_path, made(*changes))
    _, faults = examined(file)
    found = next(fault for fault in faults if words in fault.message)
    assert (found.rule, found.path, found.file) == ("CAT-003", path, str(file))
    assert found.fix
    assert found.line is not None
    last = path.rpartition("/")[2]
    if last in ("owner", "stage", "zone", "to", "window", "document", "source", "figure"):
        assert f'"{last}"' in file.read_text().splitlines()[found.line - 1] or last in ("section", "figure")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ([("/title/fr", ...)], "/title"),
        ([("/title/de", "Sterne")], "/title"),
        ([("/surprise", 1)], ""),
        ([("/source", "somewhere")], "/source"),
        ([("/source", "SD-6")], "/source"),
        ([("/description", "SD6")], "/description"),
        ([("/schema", "onboarding/service/v2")], "/schema"),
        ([("/limits/0/value", 13)], "/limits/0/value"),
        ([("/limits/0/value", "1e3")], "/limits/0/value"),
        ([("/limits/0/value", "01")], "/limits/0/value"),
        ([("/limits/0/value", "-1")], "/limits/0/value"),
        ([("/limits/0/bound", "roughly")], "/limits/0/bound"),
        ([("/windows/1/from", "8:00")], "/windows/1/from"),
        ([("/windows/1/from", "24:30")], "/windows/1/from"),
        ([("/levels/restore/targets/0/hours", 0)], "/levels/restore/targets/0/hours"),
        ([("/levels/restore/targets/0/hours", True)], "/levels/restore/targets/0/hours"),
        ([("/levels/restore/at_least", 2.5)], "/levels/restore/at_least"),
        ([("/priority_matrix/above/many", "0.5")], "/priority_matrix/above/many"),
        ([("/stages/0/exit/0/kind", "hoped")], "/stages/0/exit/0/kind"),
        ([("/deliverables/0/recurs", "now and then")], "/deliverables/0/recurs"),
        ([("/id", "Star Watch")], "/id"),
        ([("/title", None)], "/title"),
        ([("/description", "SD-" + "9" * 5000)], "/description"),
        ([("/limits/0/value", "9" * 5000)], "/limits/0/value"),
        ([("/levels/restore/targets/0/hours", 10**9)], "/levels/restore/targets/0/hours"),
        ([("/deliverables/0/due/days", -(10**9))], "/deliverables/0/due/days"),
        ([("/levels/restore/scale/0/up_to", ...)], "/levels/restore/scale/0"),
    ],
    ids=str,
)
def test_what_the_schema_does_not_allow(tmp_path: Path, changes: list[tuple[str, Any]], path: str) -> None:
    service, faults = examined(lay(tmp_path, made(*changes), "star-watch"))
    assert service is None
    assert {fault.rule for fault in faults} == {"CAT-002"}
    assert path in {fault.path for fault in faults}
    assert all(fault.fix.startswith("see schemas/service.schema.json") for fault in faults)


LAUGHS = b"a0: &a0 [x, x]\n" + b"".join(
    b"a%d: &a%d [*a%d, *a%d, *a%d]\n" % (n, n, n - 1, n - 1, n - 1) for n in range(1, 40)
)
"""Aliases of aliases: 3^39 values in a few lines."""


@pytest.mark.parametrize(
    ("content", "words", "line"),
    [
        (b"", "empty", None),
        (b"a: [1\nb: 2\n", "expected", 2),
        (b"id: x\nid: y\n", "'id' is said twice", 2),
        (b"a: {b: 1,\n b: 2}\n", "'b' is said twice", 2),
        (b"\xff\xfe\x00", "", None),
        (b"a: \x00", "", None),
        (b"a: !!python/object:os.system x\n", "constructor", 1),
        (b"a: &a [*a]\n", "refers to itself", None),
        (b"[" * 5000 + b"]" * 5000, "nested more than", 1),
        (b"[" * 100_000, "nested more than", 1),
        (b"id: x\n1: y\n", "no text", 2),
        (b"? [a, b]\n: c\n", "no text", 1),
        (b"# " + b"x" * LARGEST, "larger than", None),
        (LAUGHS, "more than", 12),
    ],
    ids=[
        "empty",
        "broken",
        "twice",
        "twice-inside",
        "bytes",
        "nul",
        "tag",
        "itself",
        "deep",
        "open",
        "number",
        "list",
        "large",
        "laughs",
    ],
)
def test_what_cannot_be_read(tmp_path: Path, content: bytes, words: str, line: int | None) -> None:
    path = tmp_path / "x" / FILE
    path.parent.mkdir()
    path.write_bytes(content)
    _, (fault,) = examined(path)
    assert fault.rule == "CAT-001"
    assert words in fault.message
    assert fault.line == line or line is None


def test_yaml_words_that_are_no_texts_are_told(tmp_path: Path) -> None:
    text = lay(tmp_path, made()).read_text().replace('"Star watch"', "no")
    path = tmp_path / "star-watch" / FILE
    path.write_text(text)
    assert [(fault.path, fault.line) for fault in examined(path)[1]] == [("/title/en", 6)]


def test_the_refusal_lists_every_fault(tmp_path: Path) -> None:
    path = lay(tmp_path, made(("/stages/0/owner", "vendor"), ("/windows/1/to", "17:00")))
    with pytest.raises(InventoryInvalid, match="2 faults in the service 'star-watch'") as refused:
        checked(path)
    assert refused.value.exit_code == 3
    assert [(one["path"], one["rule"]) for one in refused.value.details["problems"]] == [
        ("/stages/0/owner", "CAT-003"),
        ("/windows/1/to", "CAT-003"),
    ]


# --- where services come from


def test_a_service_is_added_from_the_folder_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = catalogue.services()
    lay(tmp_path / "one", made())
    lay(tmp_path / "two", made(("/title/en", "Stars")))
    (tmp_path / "one" / "no-service").mkdir()
    monkeypatch.setenv("ONBOARD_CATALOGUE", str(tmp_path / "one"))
    assert list(catalogue.services()) == [*before, "star-watch"]
    assert catalogue.service_ids()[-1] == "star-watch"
    assert catalogue.service_named("sd-6").title.en == "Star watch"
    assert catalogue.service_folder("star-watch") == tmp_path / "one" / "star-watch"
    monkeypatch.setenv("ONBOARD_CATALOGUE", str(tmp_path / "two"))
    assert catalogue.service("star-watch").title.en == "Stars"
    lay(tmp_path / "two", made(("/title/en", "More stars")))
    assert catalogue.service("star-watch").title.en == "More stars"
    monkeypatch.setenv("ONBOARD_CATALOGUE", "")
    assert catalogue.services() == before
    with pytest.raises(UsageError, match="no service 'star-watch'"):
        catalogue.service("star-watch")


def test_a_folder_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (tmp_path / "nowhere", lay(tmp_path, made())):
        monkeypatch.setenv("ONBOARD_CATALOGUE", str(place))
        with pytest.raises(UsageError, match="ONBOARD_CATALOGUE names no folder") as refused:
            catalogue.services()
        assert refused.value.exit_code == 2
        assert refused.value.fix


@pytest.mark.parametrize(
    ("changes", "folder", "words", "path"),
    [
        ([("/id", "event-support")], "event-support", "a service of the toolkit's own", "/id"),
        ([], "moon-watch", "'star-watch' lies in the folder 'moon-watch'", "/id"),
        ([("/description", "SD-5")], "star-watch", "SD-5 is the service 'event-support'", "/description"),
    ],
)
def test_what_another_service_has_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    changes: list[tuple[str, Any]],
    folder: str,
    words: str,
    path: str,
) -> None:
    text = json.dumps(made(*changes))
    if "SD-5" in str(changes):
        text = text.replace("SD-6", "SD-5")
    lay(tmp_path, json.loads(text), folder)
    monkeypatch.setenv("ONBOARD_CATALOGUE", str(tmp_path))
    with pytest.raises(InventoryInvalid) as refused:
        catalogue.services()
    assert words in refused.value.message
    assert refused.value.fix
    (problem,) = refused.value.details["problems"]
    assert (problem["rule"], problem["path"]) == ("CAT-004", path)
    assert problem["file"].endswith(f"{folder}/service.yaml")


@pytest.mark.parametrize("name", ["loop", "a\nb", "x" * 5000])
def test_a_folder_that_no_path_leads_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    monkeypatch.setenv("ONBOARD_CATALOGUE", str(tmp_path / name))
    with pytest.raises(UsageError, match="names no folder"):
        catalogue.services()


@pytest.mark.parametrize("kind", ["pipe", "folder", "loop", "nowhere"])
def test_what_is_called_service_yaml_and_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    path = tmp_path / "star-watch" / FILE
    path.parent.mkdir()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(FILE if kind == "loop" else "gone.yaml")
    monkeypatch.setenv("ONBOARD_CATALOGUE", str(tmp_path))
    with pytest.raises(InventoryInvalid, match="cannot be read") as refused:
        catalogue.services()
    (fault,) = refused.value.details["problems"]
    assert (fault["rule"], fault["file"]) == ("CAT-001", str(path))


def test_two_added_services_with_one_description(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, made())
    lay(tmp_path, made(("/id", "moon-watch")))
    monkeypatch.setenv("ONBOARD_CATALOGUE", str(tmp_path))
    with pytest.raises(InventoryInvalid, match="SD-6 is the service"):
        catalogue.services()


def test_a_document_of_its_own_is_known(tmp_path: Path) -> None:
    path = lay(tmp_path, made(("/deliverables/0/document", "sky-poem")))
    assert [fault.path for fault in examined(path)[1]] == ["/deliverables/0/document"]
    (path.parent / "documents").mkdir()
    (path.parent / "documents" / "sky-poem.yaml").touch()
    assert examined(path)[1] == ()


def test_every_rule_is_described() -> None:
    assert list(RULES) == ["CAT-001", "CAT-002", "CAT-003", "CAT-004"]
    assert SERVICE["id"] == "star-watch"
