"""What roles, the module that they use and the lab's images spell for themselves is what the toolkit says."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolkit import conventions
from toolkit.rehearsal.lab import images

COLLECTION = Path(__file__).parents[2] / "playbooks/ansible_collections/onboard/host"
ROLES = COLLECTION / "roles"


def default(name: str) -> Any:
    role = next(
        role for role in ("backup_agent", "hub_customer", "metrics_agent", "vpn_endpoint") if name.startswith(role)
    )
    return yaml.safe_load((ROLES / role / "defaults/main.yml").read_text())[name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("metrics_agent_port", conventions.AGENT_PORT),
        ("metrics_agent_packages", [conventions.AGENT_UNIT.removesuffix(".service")]),
        ("hub_customer_backup_folder", conventions.BACKUP_FOLDER),
        ("hub_customer_log_folder", conventions.LOG_FOLDER),
        ("vpn_endpoint_packages", list(conventions.GATEWAY_PACKAGES)),
    ],
)
def test_roles_have_these_defaults(name: str, value: Any) -> None:
    assert default(name) == value


def test_the_hub_and_the_labs_images_are_gateways() -> None:
    assert set(conventions.GATEWAY_PACKAGES) <= set(default("hub_customer_packages"))
    # in an order of its own: the recipe's text names the cached image
    assert sorted(images.GATEWAY.split()) == sorted(conventions.GATEWAY_PACKAGES)


@pytest.mark.parametrize("path", ["tasks/configure.yml", "handlers/main.yml"])
def test_the_agents_role_names_its_unit(path: str) -> None:
    tasks = yaml.safe_load((ROLES / "metrics_agent" / path).read_text())
    named = [
        task["ansible.builtin.systemd_service"]["name"] for task in tasks if "ansible.builtin.systemd_service" in task
    ]
    assert named == [conventions.AGENT_UNIT]


def test_the_agents_own_metrics_are_the_watched_ones() -> None:
    lines = (ROLES / "backup_agent/templates/backup-metrics.sh.j2").read_text().splitlines()
    written = {line.partition("{")[0] for line in lines if line.startswith("onboard_backup_")}
    assert {conventions.BACKUP_SUCCESS, conventions.BACKUP_LAST_SUCCESS} <= written


def test_notes_of_roles_and_of_the_registrar_lie_together() -> None:
    module = ast.parse((COLLECTION / "plugins/modules/files.py").read_text())
    texts = {node.value for node in ast.walk(module) if isinstance(node, ast.Constant)}
    assert conventions.FOLLOW_UP in texts
