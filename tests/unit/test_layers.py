"""The shape of the code: who may import whom, and how large a module may be. Reads the imports; runs nothing."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "toolkit"
GROUND = {
    "errors", "canonical", "resources", "model", "catalogue", "remote", "signing",
    "prometheus_api", "strict_yaml", "csv_rows", "collector", "figures", "aws_api", "processes", "places", "visible", "conventions", "clocks",
}  # fmt: skip
SEAMS = {"secrets"}
STAGES = {
    "inventory", "decide", "plan", "provision", "configure", "register", "verify",
    "evidence", "rehearsal", "report", "run", "money", "levels", "transition", "agenda", "documents",
}  # fmt: skip
ORDER = {"pipeline", "editor"}
TOP = {"cli"}
LARGEST = 600

MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "_data" not in path.parts)


def layer(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported(path: Path) -> set[str]:
    """First words below ``toolkit`` that a module imports, lazily or not."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = (
                [f"{node.module}.{alias.name}" for alias in node.names]
                if node.module == "toolkit"
                else [str(node.module)]
            )
        for name in names:
            parts = name.split(".")
            if parts[0] == "toolkit" and len(parts) > 1 and not parts[1].startswith("__"):
                found.add(parts[1])
    return found


def allowed(own: str) -> set[str]:
    if own in GROUND:
        return GROUND
    if own in SEAMS | STAGES:
        return GROUND | SEAMS | {own}
    if own in ORDER:
        return GROUND | SEAMS | STAGES | ORDER
    return GROUND | SEAMS | STAGES | ORDER | TOP


def test_every_folder_has_its_layer() -> None:
    assert {layer(path) for path in MODULES} <= GROUND | SEAMS | STAGES | ORDER | TOP | {"__init__"}


def test_imports_go_one_way() -> None:
    extra = {path: imported(path) - allowed(layer(path)) for path in MODULES}
    found = [f"{path.relative_to(PACKAGE)} imports {', '.join(sorted(some))}" for path, some in extra.items() if some]
    assert found == []


def test_only_the_command_line_exits_and_parses() -> None:
    for path in MODULES:
        if layer(path) == "cli" or path.name == "__main__.py":
            continue
        text = path.read_text()
        assert "import click" not in text, path
        # programs of their own (worker, engine, proxy, receiver) end by returning
        assert "sys.exit(" not in text.partition('if __name__ == "__main__":')[0], path


def test_no_module_is_too_large() -> None:
    assert [str(path) for path in MODULES if len(path.read_text().splitlines()) > LARGEST] == []


def test_stacks_import_pulumi_and_its_sdk_only() -> None:
    for path in (PACKAGE.parent / "stacks").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert str(node.module).split(".")[0] != "toolkit", path
            elif isinstance(node, ast.Import):
                assert all(alias.name.split(".")[0] != "toolkit" for alias in node.names), path
