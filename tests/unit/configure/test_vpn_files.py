"""Tunnels and gateways: golden files, the grammar of what is rendered, and strings that mean harm.

``ONBOARD_REGENERATE=1 pytest tests/unit/configure/test_vpn_files.py`` writes the golden files anew.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import tarfile

import configure_case as case
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.configure import bundle, gateway, vpn
from toolkit.configure.files import File
from toolkit.errors import ConfigureFailed


def settings(text: str) -> dict[str, object]:
    """strongSwan's settings as nested dictionaries; raises ValueError for what is not its grammar."""
    words = re.compile(
        r'\s*(?:(#[^\n]*)|([A-Za-z0-9_-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\n{}#"]+)|([A-Za-z0-9_-]+)\s*\{|(\}))'
    )
    root: dict[str, object] = {}
    stack, at = [root], 0
    while text[at:].strip():
        found = words.match(text, at)
        if not found:
            raise ValueError(text[at : at + 40])
        at = found.end()
        _, key, value, section, close = found.groups()
        if key:
            plain = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value.strip()
            stack[-1][key] = plain
        elif section:
            inner: dict[str, object] = {}
            stack[-1][section] = inner
            stack.append(inner)
        elif close:
            stack.pop()
    if len(stack) != 1:
        raise ValueError("sections are not closed")
    return root


GENERATED = [
    pytest.param(side, file, id=f"{side}/{file.path}")
    for side, files in case.files_of_the_example().items()
    for file in files
]


@pytest.mark.parametrize(("side", "file"), GENERATED)
def test_generated_files_are_the_golden_ones(side: str, file: File) -> None:
    golden = case.GOLDEN / side / file.path
    if os.environ.get("ONBOARD_REGENERATE"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(file.content)
    assert file.content == golden.read_text()


@pytest.mark.parametrize(("side", "file"), GENERATED)
def test_modes_keep_keys_private(side: str, file: File) -> None:
    assert file.mode == (0o600 if "golden.psk" in file.content else 0o755 if file.path.endswith(".sh") else 0o644)


def test_both_sides_mirror_each_other() -> None:
    (hub,) = vpn.hub_tunnels(case.ACME, case.PARIS, "acme-hq")
    here = {tunnel.name: tunnel for tunnel in vpn.endpoint_tunnels(case.ACME, case.PARIS, "acme-hq", case.OUTPUTS)}
    assert sorted(here) == ["hq-management", "prod-hq-1", "prod-hq-2"]
    there = here["hq-management"]
    assert (there.local_address, there.remote_address) == (hub.remote_address, hub.local_address)
    assert (there.local_networks, there.remote_networks) == (hub.remote_networks, hub.local_networks)
    assert there.initiate
    assert not hub.initiate
    assert there.secret == hub.secret == "psk/hq-management/1"
    assert [here[f"prod-hq-{n}"].secret for n in (1, 2)] == ["psk/prod-hq/1", "psk/prod-hq/2"]


def test_rendered_tunnels_parse_to_what_was_asked() -> None:
    tunnels = vpn.endpoint_tunnels(case.ACME, case.PARIS, "acme-hq", case.OUTPUTS)
    found = settings(vpn.render_connections(tunnels, case.PARIS.ike))["connections"]
    for tunnel in tunnels:
        connection = found[tunnel.name]
        child = connection["children"][tunnel.name]
        assert connection["version"] == "2"
        assert connection["proposals"] == case.PARIS.ike.proposal
        assert connection["remote_addrs"] == connection["remote"]["id"] == tunnel.remote_address
        assert child["local_ts"] == "10.60.0.0/24"
        assert child["start_action"] == "start"
        assert connection["dpd_delay"] == "5s"


def test_missing_outputs_are_named() -> None:
    with pytest.raises(ConfigureFailed, match="tunnel1_address and no tunnel2_address for link prod-hq"):
        vpn.endpoint_tunnels(case.ACME, case.PARIS, "acme-hq", {})


@given(st.text())
def test_any_key_comes_back_from_the_secrets_file(secret: str) -> None:
    tunnels = vpn.hub_tunnels(case.ACME, case.PARIS, "acme-hq")
    try:
        text = vpn.render_secrets(tunnels, {"psk/hq-management/1": secret})
    except ConfigureFailed:
        assert re.search(r"[\x00-\x1f\x7f]", secret)
        return
    assert settings(text)["secrets"]["ike-hq-management"]["secret"] == secret


# "true" is a good name for a tunnel
@pytest.mark.parametrize("text", sorted({*case.HOSTILE} - {"true"}))
def test_hostile_values_break_no_gateway_file(text: str) -> None:
    (good,) = vpn.hub_tunnels(case.ACME, case.PARIS, "acme-hq")
    for field in ("name", "local_address", "remote_address"):
        values = {name: getattr(good, name) for name in good.__struct_fields__} | {field: text}
        with pytest.raises(ConfigureFailed):
            vpn.render_connections([vpn.Tunnel(**values)], case.PARIS.ike)
    values = {name: getattr(good, name) for name in good.__struct_fields__} | {"remote_networks": (text,)}
    with pytest.raises(ConfigureFailed):
        vpn.render_connections([vpn.Tunnel(**values)], case.PARIS.ike)
    with pytest.raises(ConfigureFailed):
        gateway.render_firewall((text,))


def test_bundle_is_deterministic_and_holds_every_file_with_its_mode() -> None:
    files = case.files_of_the_example()["endpoint"]
    content = bundle.build_bundle(files)
    assert content == bundle.build_bundle(tuple(reversed(files)))
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        members = {member.name: member for member in archive.getmembers()}
        assert set(members) == {*gateway.FOLDERS, *(file.path for file in files)}
        for file in files:
            member = members[file.path]
            assert (member.mode, member.uid, member.gid, member.mtime) == (file.mode, 0, 0, 0)
            stream = archive.extractfile(member)
            assert stream is not None
            assert stream.read().decode() == file.content


@pytest.mark.parametrize(("side", "file"), [each for each in GENERATED if each.values[1].path.endswith(".sh")])
def test_scripts_are_valid_shell(side: str, file: File) -> None:
    subprocess.run(["sh", "-n"], input=file.content.encode(), check=True)


def test_firewall_is_accepted_by_nft(need_tool) -> None:
    need_tool("nft")
    files = {file.path: file for file in case.files_of_the_example()["endpoint"]}
    rules = files["etc/onboard/firewall.nft"].content
    # in a network namespace of its own: the check must not depend on this machine's rules
    subprocess.run(["unshare", "--net", "nft", "--check", "--file", "-"], input=rules.encode(), check=True)
