"""README's commands, exit codes and layout are the program's."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from toolkit import errors
from toolkit.cli.main import COMMANDS, cli

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_command_is_documented_and_no_other() -> None:
    rows = "\n".join(line.split("|")[1] for line in section("Commands").splitlines() if line.startswith("| `onboard"))
    assert set(re.findall(r"`onboard (\w+)", rows)) == set(COMMANDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_named_options_exist(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    commands = [command, *(command.commands.values() if isinstance(command, click.Group) else ())]
    known = {option for one in commands for parameter in one.params for option in parameter.opts}
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


SCREENS = re.findall(r"^```\n\$ onboard (.*)\n((?:.*\n)*?)```$", section("What it looks like"), flags=re.MULTILINE)


def test_there_are_screens() -> None:
    assert [command.split()[0] for command, _ in SCREENS] == ["validate", "decide", "diff"]


@pytest.mark.parametrize(("command", "screen"), SCREENS)
def test_a_screen_is_what_the_program_prints(command: str, screen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    said = CliRunner().invoke(cli, command.split()).stdout
    shown, more, _ = screen.partition("…\n")
    assert shown == (said[: len(shown)] if more else said.rstrip("\n") + "\n")
