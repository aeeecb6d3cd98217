"""README's commands, exit codes and layout are the program's; the pages of docs/ show what it does."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.unit.cli.shell import onboard
from tests.unit.pages import DOCS, ROOT, Screen, anchors, links, rows, screens
from toolkit import errors
from toolkit.catalogue import services
from toolkit.catalogue.shown import shown_tables
from toolkit.cli.main import COMMANDS, cli
from toolkit.documents.template import find_templates
from toolkit.inventory.rules.registry import RULES
from toolkit.model.service import Service

README = (ROOT / "README.md").read_text()
SERVICES = list(services().values())
DEALT_WITH = {
    "carried out",
    "checked",
    "computed",
    "decided",
    "documented",
    "gate",
    "printed",
    "provider's data",
    "not covered",
}
"""The words with which a page says what the toolkit does with a table of the service description."""


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_command_is_documented_and_no_other() -> None:
    rows = "\n".join(line.split("|")[1] for line in section("Commands").splitlines() if line.startswith("| `onboard"))
    assert set(re.findall(r"`onboard (\w+)", rows)) == set(COMMANDS)


def options_of(name: str) -> set[str]:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    commands = [command, *(command.commands.values() if isinstance(command, click.Group) else ())]
    return {option for one in commands for parameter in one.params for option in parameter.opts}


@pytest.mark.parametrize("name", list(COMMANDS))
def test_named_options_exist(name: str) -> None:
    known = options_of(name)
    rows = [line for line in section("Commands").splitlines() if line.startswith(f"| `onboard {name}")]
    for option in re.findall(r"(--[a-z-]+)", "\n".join(rows)):
        assert option in known, f"onboard {name} has no {option}"


def test_exit_codes_are_the_error_trees() -> None:
    written = {int(code) for code in re.findall(r"^\| (\d+) \|", section("Exit codes"), flags=re.MULTILINE)}
    classes = [
        value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, errors.OnboardError)
    ]
    assert written == {0} | {found.exit_code for found in classes}


def test_layout_names_what_is_there() -> None:
    block = section("Layout").partition("```")[2].partition("```")[0]
    top = set(re.findall(r"^(\w+)/", block, flags=re.MULTILINE))
    inner = set(re.findall(r"^  (\w+)/", block, flags=re.MULTILINE))
    hidden = {".git", ".ci", ".venv"}
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))}
    assert top == {
        name for name in folders - hidden if any((ROOT / name).rglob("*.*")) and name not in {"dist", "build"}
    }
    assert inner == {path.name for path in (ROOT / "toolkit").iterdir() if (path / "__init__.py").is_file()}


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"(?:^|`)make ([a-z-]+)", README, flags=re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


SCREENS = screens(section("What it looks like"))


def test_there_are_screens() -> None:
    assert [screen.words[0] for screen in SCREENS] == ["validate", "decide", "diff"]


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.words[0])
def test_a_screen_is_what_the_program_prints(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    said = CliRunner().invoke(cli, list(screen.words)).stdout
    assert screen.matches(said), said


@pytest.mark.slow
@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.stem)
def test_a_pages_commands_print_what_it_shows(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their order, on copies of the examples: one may need what another wrote."""
    found = screens(page.read_text())
    assert found
    for name in ("examples", "schemas/samples", "tests/examples/added-service"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns(".onboard"))
    for screen in found:
        with monkeypatch.context() as changed:
            for name, value in screen.settings.items():
                changed.setenv(name, value)
            done = onboard(*screen.words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert screen.matches(done.stdout.replace(str(tmp_path), "")), (
            f"onboard {' '.join(screen.words)}\n{done.stdout}"
        )


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.description)
def test_every_service_has_its_page_and_its_row(service: Service) -> None:
    page = ROOT / f"docs/{service.id}.md"
    assert page in DOCS
    row = next(cells for cells in rows(section("Services")) if cells[0] == service.description)
    assert row[1] == f"`{service.id}`"
    assert f"docs/{service.id}.md" in row[-1]
    assert (ROOT / row[2].strip("`") / "inventory.yaml").is_file()
    assert f"service: {service.id}\n" in (ROOT / row[2].strip("`") / "inventory.yaml").read_text()


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.description)
def test_a_page_says_what_is_done_with_every_table_of_its_service(service: Service) -> None:
    """What ``catalogue show`` prints has a row, under the heading of its section, with one of the known words."""
    text = (ROOT / f"docs/{service.id}.md").read_text()
    parts = re.split(r"^### (§[\d.]+)\b.*$", text, flags=re.MULTILINE)
    under = dict(zip(parts[1::2], parts[2::2], strict=True))
    wanted: dict[str, set[str]] = {}
    for table in shown_tables(service):
        wanted.setdefault(f"§{table.source.partition('§')[2]}", set()).add(table.id)
    assert set(under) == set(wanted)
    for source, tables in wanted.items():
        told = {cells[0].strip("`"): cells[1] for cells in rows(under[source]) if cells[0].startswith("`")}
        assert set(told) >= tables, source
        for table, how in told.items():
            assert set(how.split(", ")) <= DEALT_WITH, f"{source} {table}: {how}"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.description)
def test_a_page_says_which_tables_stand_in_documents(service: Service) -> None:
    text = (ROOT / f"docs/{service.id}.md").read_text()
    told = {cells[0].strip("`"): cells[1].split(", ") for cells in rows(text) if cells[0].startswith("`")}
    for name, found in find_templates(service).items():
        for table in re.findall(r"tables\['([\w-]+)'\]", (ROOT / found.file).read_text()):
            assert "documented" in told.get(table, ["documented"]), f"docs/{service.id}.md: {table} stands in {name}"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.description)
def test_a_page_names_documents_that_are_not_there(service: Service) -> None:
    """A deliverable whose document has no template is named in the row of the deliverables, and no other one."""
    text = (ROOT / f"docs/{service.id}.md").read_text()
    row = next((cells for cells in rows(text) if cells[0] == "`deliverables`"), ("", "", ""))
    wanted = {one.document for one in service.deliverables if one.document} - set(find_templates(service))
    missing = re.search(r"Without a template: ([^.;]*)", row[2])
    named = set(re.findall(r"`([\w-]+)`", missing.group(1) if missing else ""))
    assert named == wanted, f"docs/{service.id}.md, deliverables, 'Without a template'"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.description)
def test_a_page_names_every_rule_of_its_service_and_no_other(service: Service) -> None:
    named = set(re.findall(r"INV-\d+", (ROOT / f"docs/{service.id}.md").read_text()))
    assert named <= set(RULES)
    assert named >= {rule.id for rule in RULES.values() if service.description in rule.section}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.description)
def test_a_page_names_every_choice(service: Service) -> None:
    told = (ROOT / f"docs/{service.id}.md").read_text().partition("\n## Choices\n")[2]
    assert told
    assert [one.id for one in service.choices if f"`{one.id}`" not in told] == []


def test_every_module_that_makes_a_choice_is_named() -> None:
    """Where code says that it reads an open rule in a way of its own, a page says so too."""
    told = "".join(page.read_text() for page in DOCS)
    said = re.compile(r"(?<!marked as )this project's (?:choice|reading|default)|\(a choice\)")
    silent = [
        str(path.relative_to(ROOT))
        for folder in ("agenda", "clocks", "decide", "inventory", "levels", "money", "transition")
        for path in sorted((ROOT / "toolkit" / folder).rglob("*"))
        if path.suffix in {".py", ".yaml"}
        and "examples" not in path.parts
        and said.search(" ".join(path.read_text().split()))
    ]
    assert [name for name in silent if name not in told] == []


@pytest.mark.parametrize("page", [ROOT / "README.md", *DOCS], ids=lambda page: page.stem)
def test_named_files_exist(page: Path) -> None:
    for name in re.findall(r"`((?:toolkit|tests|schemas|examples|stacks|docs)/[\w./-]+)`", page.read_text()):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.stem)
def test_a_page_names_commands_and_options_that_exist(page: Path) -> None:
    for code in re.findall(r"`onboard ([^`]+)`", page.read_text()):
        name = code.split()[0]
        assert name in COMMANDS
        assert set(re.findall(r"(--[a-z-]+)", code)) <= options_of(name), code


@pytest.mark.parametrize("page", [ROOT / "README.md", *DOCS], ids=lambda page: page.stem)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link
