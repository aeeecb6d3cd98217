"""The collection by itself: described variables, full names, syntax, and templates that hostile values cannot leave."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import configure_case as case
import pytest
import yaml

from toolkit.configure import ansible, documents, gateway
from toolkit.errors import ConfigureFailed

COLLECTION = case.ROOT / "playbooks/ansible_collections/onboard/host"
ROLES = sorted(path.name for path in (COLLECTION / "roles").iterdir())
KEYWORDS = {
    "name", "when", "loop", "loop_control", "register", "notify", "vars", "no_log", "diff", "check_mode", "changed_when",
    "failed_when", "ignore_errors", "environment", "delegate_to", "throttle", "become", "hosts", "roles", "gather_facts",
}  # fmt: skip


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def test_roles_are_the_ones_that_the_playbooks_name() -> None:
    used = {
        role["role"] for path in (COLLECTION / "playbooks").iterdir() for play in load(path) for role in play["roles"]
    }
    assert used == {f"onboard.host.{role}" for role in ROLES}


@pytest.mark.parametrize("role", ROLES)
def test_argument_specs_describe_every_default(role: str) -> None:
    folder = COLLECTION / "roles" / role
    options = load(folder / "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    defaults = load(folder / "defaults/main.yml")
    assert {name: option.get("default") for name, option in options.items()} == defaults
    kinds = {"str": str, "path": str, "int": int, "bool": bool, "list": list}
    for name, option in options.items():
        assert name.startswith(f"{role}_")
        assert option["description"].endswith(".")
        assert isinstance(defaults[name], kinds[option["type"]])


@pytest.mark.parametrize("role", ROLES)
def test_roles_go_preflight_install_configure(role: str) -> None:
    tasks = load(COLLECTION / "roles" / role / "tasks/main.yml")
    assert [task["ansible.builtin.import_tasks"] for task in tasks] == ["preflight.yml", "install.yml", "configure.yml"]
    installs = (COLLECTION / "roles" / role / "tasks/install.yml").read_text()
    assert installs.count("ansible.builtin.apt:") == 1


@pytest.mark.parametrize(
    "path", sorted(COLLECTION.glob("roles/*/*/*.yml")), ids=lambda path: str(path.relative_to(COLLECTION))
)
def test_modules_have_their_full_names(path: Path) -> None:
    if path.parent.name not in ("tasks", "handlers"):
        return
    for task in load(path):
        (module,) = set(task) - KEYWORDS
        assert re.fullmatch(r"(ansible\.builtin|onboard\.host)\.[a-z_]+", module), task["name"]
        assert task["name"][0].isupper()


def test_variables_that_the_toolkit_gives_are_described(tmp_path: Path) -> None:
    reach = documents.Reach(options="")
    world, files = case.bindings(tmp_path), case.files_of_the_example()
    hosts = case.ACME.hosts(("erp-vm-1", "erp-vm-2"))
    given_to_ansible = [
        documents.hosts_document(
            inventory=case.ACME, profile=case.PARIS, bindings=world, reach=reach, hosts=hosts, passwords={}
        ),
        documents.endpoint_document(
            bindings=world, reach=reach, site="acme-hq", source=tmp_path, files=files["endpoint"]
        ),
        documents.hub_document(
            inventory=case.ACME,
            profile=case.PARIS,
            bindings=world,
            reach=reach,
            site="acme-hq",
            hosts=hosts,
            source=tmp_path,
            files=files["hub"],
        ),
    ]
    given = {
        name
        for document in given_to_ansible
        for group in document["all"]["children"].values()
        for host in group["hosts"].values()
        for name in host
        if not name.startswith("ansible_")
    }
    described: set[str] = set()
    for role in ROLES:
        described |= set(load(COLLECTION / "roles" / role / "defaults/main.yml"))
    assert given <= described


def test_the_endpoint_enables_what_the_bundle_enables() -> None:
    defaults = load(COLLECTION / "roles/vpn_endpoint/defaults/main.yml")
    assert defaults["vpn_endpoint_services"] == list(gateway.SERVICES)


@pytest.mark.slow
@pytest.mark.parametrize("playbook", ["site_hosts", "endpoint", "hub"])
def test_syntax(playbook: str, tmp_path: Path) -> None:
    command = [f"{sysconfig.get_path('scripts')}/ansible-playbook", "--syntax-check", "-i", "localhost,"]
    environment = {
        "PATH": f"{sysconfig.get_path('scripts')}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": str(case.ROOT / "playbooks"),
    }
    subprocess.run([*command, f"onboard.host.{playbook}"], env=environment, check=True, capture_output=True)


def module(arguments: dict[str, Any], *, check: bool = False) -> dict[str, Any]:
    """Run the collection's module as Ansible would, on this machine."""
    given = {"ANSIBLE_MODULE_ARGS": {**arguments, "_ansible_check_mode": check, "_ansible_remote_tmp": "/tmp"}}
    found = subprocess.run(
        [sys.executable, str(COLLECTION / "plugins/modules/files.py")],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    answer: dict[str, Any] = json.loads(found.stdout)
    return answer


@pytest.mark.slow
def test_files_module_changes_what_differs_and_nothing_else(tmp_path: Path) -> None:
    import getpass

    owner = getpass.getuser()
    path, gone = tmp_path / "sub/file", tmp_path / "gone"
    gone.touch()
    wanted: dict[str, Any] = {
        "folders": [{"path": str(tmp_path / "sub"), "mode": "0750", "owner": owner}],
        "files": [{"path": str(path), "mode": "0600", "owner": owner, "validate": "test -s %s"}],
        "contents": {str(path): "s3cret-content\n"},
        "absent": [str(gone)],
    }
    assert module(wanted, check=True)["changed"]
    assert gone.exists()
    assert not path.exists()
    first = module(wanted)
    assert first["changed"]
    assert first["count"] == 3
    assert "s3cret" not in json.dumps(first)
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("s3cret-content\n", 0o600)
    assert not gone.exists()
    assert not module(wanted)["changed"]
    path.chmod(0o644)
    assert module(wanted)["changed"]
    assert path.stat().st_mode & 0o777 == 0o600
    wanted["contents"][str(path)] = ""
    refused = module(wanted)
    assert refused["failed"]
    assert path.read_text() == "s3cret-content\n"
    assert sorted(found.name for found in path.parent.iterdir()) == ["file"]


@pytest.mark.slow
def test_files_module_remembers_what_must_follow(tmp_path: Path) -> None:
    """A play that was killed before its handlers is changed again, until the handlers' note is gone."""
    import getpass

    file = {"path": str(tmp_path / "settings"), "content": "a\n", "owner": getpass.getuser()}
    notes = tmp_path / "notes"
    wanted: dict[str, Any] = {"files": [file], "follow_up": "service", "notes": str(notes)}
    assert module(wanted, check=True)["changed"]
    assert not notes.exists()
    assert module(wanted)["changed"]
    again = module(wanted)
    assert (again["changed"], again["count"]) == (True, 0)
    module({"settled": ["service"], "notes": str(notes)})
    assert not module(wanted)["changed"]


def test_backup_scripts_and_units_stand(tmp_path: Path) -> None:
    """Rendered by jinja2 itself, the scripts are shell and the units are systemd's."""
    import jinja2

    facts = {
        "backup_agent_name": "erp-vm-1",
        "backup_agent_textfile_folder": str(tmp_path / "text"),
        "backup_agent_hub_address": "10.50.0.10",
        "item": {"policy": "MONTHLY-12", "paths": ["/srv/erp"]},
    }
    templates = COLLECTION / "roles/backup_agent/templates"
    engine = jinja2.Environment(keep_trailing_newline=True, trim_blocks=True, undefined=jinja2.StrictUndefined)

    def rendered(name: str) -> str:
        return engine.from_string((templates / name).read_text()).render(facts)

    for name in ("backup.sh.j2", "backup-metrics.sh.j2", "restic.j2"):
        subprocess.run(["sh", "-n"], input=rendered(name).encode(), check=True)
    (tmp_path / "text").mkdir()
    script = tmp_path / "backup-metrics.sh"
    script.write_text(rendered("backup-metrics.sh.j2"))
    values = []
    for outcome in ("exit-code", "success", "timeout"):
        subprocess.run(
            ["sh", str(script), "MONTHLY-12"], env={"PATH": "/usr/bin:/bin", "SERVICE_RESULT": outcome}, check=True
        )
        text = (tmp_path / "text/onboard_backup_MONTHLY-12.prom").read_text()
        values.append(dict(re.findall(r'^(onboard_\w+)\{policy="MONTHLY-12"\} (\d+)$', text, re.MULTILINE)))
    assert [each["onboard_backup_success"] for each in values] == ["0", "1", "0"]
    assert values[0]["onboard_backup_last_success_timestamp_seconds"] == "0"
    assert (
        values[2]["onboard_backup_last_success_timestamp_seconds"]
        == values[1]["onboard_backup_last_run_timestamp_seconds"]
    )
    if shutil.which("promtool"):
        subprocess.run(["promtool", "check", "metrics"], input=text.encode(), check=True)
    if shutil.which("systemd-analyze"):
        for kind in ("service", "timer"):
            unit = rendered(f"onboard-backup.{kind}.j2").replace("/usr/local/lib/onboard/backup", "/bin/true #")
            (tmp_path / f"onboard-backup-MONTHLY-12.{kind}").write_text(unit)
        found = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", *map(str, tmp_path.glob("onboard-backup-*"))],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert str(tmp_path) not in found.stderr


HOSTILE_NAMES = [text for text in case.HOSTILE if not re.fullmatch(r"[a-z][a-z0-9-]{1,62}", text)]


@pytest.mark.slow
def test_preflight_refuses_hostile_values(tmp_path: Path) -> None:
    """One host per hostile value, in each variable that lands in a file: every one is refused before any change."""
    plays, hosts = [], {}
    for number, text in enumerate(HOSTILE_NAMES):
        hosts[f"host{number}"] = {"ansible_connection": "local", "hostile": text}
    tasks = load(COLLECTION / "roles/backup_agent/tasks/preflight.yml")[-1]["ansible.builtin.assert"]["that"]
    plays.append(
        {
            "hosts": "all",
            "gather_facts": False,
            "vars": {"backup_agent_name": "{{ hostile }}"},
            "tasks": [{"ansible.builtin.assert": {"that": [f"not ({tasks[0]})"], "quiet": True}}],
        }
    )
    (tmp_path / "play.yml").write_text(yaml.safe_dump(plays))
    document = {"all": {"hosts": hosts}}
    play = ansible.Play(playbook=str(tmp_path / "play.yml"), hosts=documents.render(document), expected=tuple(hosts))
    assert ansible.run(play, tmp_path, lambda _: None).hosts == tuple(sorted(hosts))
    assert not list(tmp_path.rglob("PWNED"))


@pytest.mark.slow
def test_unknown_playbook_is_a_failure(tmp_path: Path) -> None:
    play = ansible.Play(
        playbook="onboard.host.nothing", hosts=documents.render({"all": {"hosts": {"a": {}}}}), expected=("a",)
    )
    with pytest.raises(ConfigureFailed, match=r"onboard\.host\.nothing"):
        ansible.run(play, tmp_path, lambda _: None)
    assert not list(tmp_path.iterdir())
