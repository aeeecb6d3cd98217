"""Ansible's inventory: what it holds, what it never holds, and that no string of it is a template."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import configure_case as case
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.configure import ansible, documents
from toolkit.errors import ConfigureFailed, PlanRefused

REACH = documents.Reach(options="-o BatchMode=yes")


def hosts(tmp_path: Path, **changed: Any) -> dict[str, Any]:
    return documents.hosts_document(
        inventory=case.ACME,
        profile=case.PARIS,
        bindings=case.bindings(tmp_path, **changed),
        reach=REACH,
        hosts=case.ACME.hosts(("erp-vm-1", "erp-vm-2")),
        passwords={"erp-vm-1": tmp_path / "secrets" / "erp-vm-1"},
    )


def test_hosts_have_the_jobs_of_everything_on_them(tmp_path: Path) -> None:
    found = hosts(tmp_path)["all"]["children"]["site_hosts"]["hosts"]
    assert found["erp-vm-1"]["backup_agent_jobs"] == [
        {"policy": "MONTHLY-12", "paths": ["/srv/erp"]},
        {"policy": "WEEKLY-2", "paths": ["/srv/erp"]},
    ]
    assert found["erp-vm-2"]["backup_agent_jobs"] == [{"policy": "WEEKLY-1", "paths": ["/srv/files"]}]
    assert found["erp-vm-1"]["base_security_updates"] is True
    assert found["erp-vm-2"]["base_security_updates"] is False
    assert found["erp-vm-1"]["ansible_host"] == "10.60.0.11"


def test_a_chosen_host_that_is_gone_is_named() -> None:
    with pytest.raises(PlanRefused, match="no vm 'erp-vm-9'"):
        case.ACME.hosts(["erp-vm-1", "erp-vm-9"])


def test_a_host_without_a_binding_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigureFailed, match="how erp-vm-1 is reached"):
        hosts(tmp_path, host_bindings={})


@pytest.mark.parametrize("customer", ["acme", "a" * 63, "a" * 62 + "b"])
def test_backup_accounts_fit_linux(customer: str) -> None:
    assert len(documents.backup_account(customer)) <= 32


def test_backup_accounts_of_long_ids_differ() -> None:
    assert documents.backup_account("a" * 63) != documents.backup_account("a" * 62 + "b")


@settings(max_examples=25)
@given(
    st.recursive(
        st.text() | st.integers() | st.booleans(),
        lambda inner: st.lists(inner) | st.dictionaries(st.from_regex("[a-z_]+", fullmatch=True), inner),
    )
)
def test_every_string_is_marked(value: Any) -> None:
    try:
        text = documents.render({"all": value})
    except ConfigureFailed:
        return

    def bare(found: Any) -> bool:
        if isinstance(found, dict):
            return set(found) != {"__ansible_unsafe"} and any(bare(one) for one in found.values())
        return isinstance(found, str) or (isinstance(found, list) and any(bare(one) for one in found))

    assert not bare(json.loads(text))


@pytest.mark.slow
def test_ansible_takes_hostile_strings_as_they_are(tmp_path: Path) -> None:
    """Through the real ansible-playbook: values arrive letter by letter, and nothing executes."""
    variables = {f"value_{number}": text for number, text in enumerate(case.HOSTILE)}
    document = {"all": {"hosts": {"here": {"ansible_connection": "local", **variables}}}}
    (tmp_path / "play.yml").write_text(
        "- hosts: all\n  gather_facts: false\n  tasks:\n"
        "    - ansible.builtin.copy:\n"
        "        content: \"{{ query('ansible.builtin.varnames', '^value_') | map('extract', vars) | list | to_json }}\"\n"
        f"        dest: {tmp_path}/seen.json\n        mode: '0600'\n"
        "    - ansible.builtin.assert: {that: [value_0 is string, value_13 == 'true', value_14 == '0600']}\n"
    )
    play = ansible.Play(playbook=str(tmp_path / "play.yml"), hosts=documents.render(document), expected=("here",))
    ansible.run(play, tmp_path, lambda _: None)
    assert sorted(json.loads((tmp_path / "seen.json").read_text())) == sorted(case.HOSTILE)
    assert not list(tmp_path.rglob("PWNED"))
    assert not Path("PWNED").exists()


def test_hostile_inventories_stay_out_of_keys(tmp_path: Path) -> None:
    """Customer strings may be values only: every key of the document is ours or an id."""
    hostile = msgspec.structs.replace(
        case.ACME,
        components=tuple(
            msgspec.structs.replace(
                component,
                backup=msgspec.structs.replace(component.backup, paths=case.HOSTILE) if component.backup else None,
            )
            for component in case.ACME.components
        ),
    )
    document = documents.hosts_document(
        inventory=hostile,
        profile=case.PARIS,
        bindings=case.bindings(tmp_path),
        reach=REACH,
        hosts=hostile.hosts(one.id for one in hostile.components if one.kind == "vm"),
        passwords={},
    )

    def keys(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*(keys(one) for one in value.values()))
        return set().union(*(keys(one) for one in value)) if isinstance(value, list) else set()

    assert not keys(document) & set(case.HOSTILE)
