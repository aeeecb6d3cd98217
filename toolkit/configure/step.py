"""The actions of the configure stage: hub, bundle, console, endpoint, hosts. Each repeats without harm."""

from __future__ import annotations

import contextlib
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from toolkit import remote
from toolkit.canonical import write_atomic
from toolkit.configure import ansible, documents, gateway, vpn
from toolkit.configure import bundle as bundles
from toolkit.configure.files import File
from toolkit.conventions import BACKUP_FOLDER
from toolkit.errors import ConfigureFailed
from toolkit.model.bindings import PROVIDER_HOST, endpoint_host
from toolkit.model.run import Emit, StepRequest, StepResult
from toolkit.processes import dying_with_parent
from toolkit.secrets.store import SecretStore, generate_password, generate_psk, open_store

CONSOLE_TIMEOUT = 300.0
LINK_TIMEOUT = {"fast": 30.0, "real": 60.0}
"""Seconds until the management link must carry a login after the bundle was installed, by ``Bindings.time_scale``."""


def hub(request: StepRequest, emit: Emit) -> StepResult:
    """The hub's side of a site: tunnel, backup account, log receiver. Inputs: ``site``, ``hosts``."""
    site = request.step.inputs["site"]
    profile, world = request.profile, request.inventory
    tunnels = vpn.hub_tunnels(world, profile, site)
    keys = _tunnel_keys(request, tunnels)
    files = gateway.hub_files(site, tunnels, profile.ike, keys)
    hosts = world.hosts(request.step.inputs["hosts"])
    with _placed(request, files) as (folder, source):
        document = documents.hub_document(
            inventory=world,
            profile=profile,
            bindings=request.bindings,
            reach=_reach(request, folder, [PROVIDER_HOST]),
            site=site,
            hosts=hosts,
            source=source,
            files=files,
        )
        outcome = _play(
            "onboard.host.hub", document, request, folder, emit, expected=(PROVIDER_HOST,), secrets=keys.values()
        )
    account = documents.backup_account(world.customer.id)
    return StepResult(
        changed=outcome.changed,
        counts={"changed_tasks": outcome.changed},
        facts=(
            {
                "check": "configure.hub",
                "site": site,
                "account": account,
                "backup_folder": f"{BACKUP_FOLDER}/{world.customer.id}",
                "changed": outcome.changed,
            },
        ),
    )


def bundle(request: StepRequest, emit: Emit) -> StepResult:
    """Write the bundle of the site's endpoint into the workspace. Input: ``site``."""
    site = request.step.inputs["site"]
    files, _ = _endpoint_files(request, site)
    content = bundles.build_bundle(files)
    path = bundles.bundle_path(Path(request.workspace), site)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    changed = not path.is_file() or path.read_bytes() != content
    write_atomic(path, content)
    emit(f"bundle of {site}: {len(files)} files")
    # The bundle holds keys, so its digest stays out of the facts: it would let a guess be checked.
    fact = {"check": "configure.bundle", "site": site, "files": [file.path for file in files]}
    return StepResult(changed=int(changed), facts=(fact,))


def console(request: StepRequest, emit: Emit) -> StepResult:
    """Install the bundle by the console's command (bundle on its standard input).

    Where a person does it, the step is a gate and this never runs. Input: ``site``.
    """
    site = request.step.inputs["site"]
    command = request.bindings.console_command.get(site)
    if not command:
        raise ConfigureFailed(f"the bindings name no console command for site {site}", fix="add console_command")
    emit(f"installing the bundle at the console of {endpoint_host(site)}")
    _console(list(command), bundles.bundle_path(Path(request.workspace), site))
    emit(f"{endpoint_host(site)} has its bundle")
    return StepResult(changed=1)


def endpoint(request: StepRequest, emit: Emit) -> StepResult:
    """Wait for the management link, then compare the endpoint with its bundle through it. Input: ``site``.

    In a rehearsal nothing may change. Raises ConfigureFailed where the link does not come up in LINK_TIMEOUT.
    """
    site = request.step.inputs["site"]
    waited = _await_link(request, site, emit)
    files, keys = _endpoint_files(request, site)
    name = endpoint_host(site)
    with _placed(request, files) as (folder, source):
        document = documents.endpoint_document(
            bindings=request.bindings,
            reach=_reach(request, folder, [name]),
            site=site,
            source=source,
            files=files,
        )
        outcome = _play(
            "onboard.host.endpoint", document, request, folder, emit, expected=(name,), secrets=keys.values()
        )
    if outcome.changed and request.bindings.time_scale == "fast":
        raise _not_still(name, outcome)
    return StepResult(
        changed=outcome.changed,
        counts={"endpoints": 1, "management_links": 1, "changed_tasks": outcome.changed},
        facts=(
            {
                "check": "configure.endpoint",
                "site": site,
                "waited_seconds": round(waited, 1),
                "changed": outcome.changed,
            },
        ),
    )


def hosts(request: StepRequest, emit: Emit) -> StepResult:
    """Roles base, metrics_agent, log_forwarding, backup_agent on the site's VMs. Inputs: ``site``, ``hosts``."""
    site, world = request.step.inputs["site"], request.inventory
    chosen = world.hosts(request.step.inputs["hosts"])
    names = tuple(host.id for host in chosen)
    jobs = {name: world.backup_jobs(name) for name in names}
    store = _store(request)
    passwords = {name: store.ensure(f"restic/{site}/{name}", generate_password) for name in names if jobs[name]}
    with _scratch(request) as folder:
        for name, value in passwords.items():
            write_atomic(folder / "secrets" / name, value.encode())
        document = documents.hosts_document(
            inventory=world,
            profile=request.profile,
            bindings=request.bindings,
            reach=_reach(request, folder, [*names, PROVIDER_HOST]),
            hosts=chosen,
            passwords={name: folder / "secrets" / name for name in passwords},
        )
        play = "onboard.host.site_hosts"
        secrets = tuple(passwords.values())
        outcome = _play(play, document, request, folder, emit, expected=names, secrets=secrets)
        repeated = request.bindings.time_scale == "fast"
        if repeated:
            again = ansible.run(_described(play, document, names, secrets), folder, emit)
            if again.changed:
                raise _not_still(site, again)
    policies = sum(len(some) for some in jobs.values())
    return StepResult(
        changed=outcome.changed,
        counts={
            "hosts": len(names),
            "agents": 2 * len(names) + len(passwords),
            "backup_policies": policies,
            "changed_tasks": outcome.changed,
        },
        facts=(
            {
                "check": "configure.hosts",
                "site": site,
                "hosts": list(names),
                "changed": outcome.changed,
                "second_run_changed": 0 if repeated else None,
            },
            *(
                {
                    "check": "configure.backup",
                    "component": name,
                    "repository": f"{BACKUP_FOLDER}/{world.customer.id}/{name}",
                    "units": [f"onboard-backup-{job.policy}.service" for job in jobs[name]],
                }
                for name in names
                if jobs[name]
            ),
        ),
    )


def _play(
    playbook: str,
    document: Mapping[str, Any],
    request: StepRequest,
    folder: Path,
    emit: Emit,
    *,
    expected: tuple[str, ...],
    secrets: Any,
) -> ansible.Outcome:
    """The play in check mode first, so that a broken variable is met before anything is touched; then for real."""
    values = tuple(secrets)
    emit(f"{playbook}: checking {', '.join(expected)}")
    ansible.run(_described(playbook, document, expected, values, check=True), folder, emit)
    emit(f"{playbook}: configuring {', '.join(expected)}")
    outcome = ansible.run(_described(playbook, document, expected, values), folder, emit)
    emit(f"{playbook}: {outcome.changed} tasks changed on {len(outcome.hosts)} hosts", attempt=request.attempt)
    return outcome


def _described(
    playbook: str,
    document: Mapping[str, Any],
    expected: tuple[str, ...],
    secrets: tuple[str, ...],
    *,
    check: bool = False,
) -> ansible.Play:
    return ansible.Play(
        playbook=playbook, hosts=documents.render(document), expected=expected, check=check, secrets=secrets
    )


def _not_still(what: str, outcome: ansible.Outcome) -> ConfigureFailed:
    return ConfigureFailed(
        f"{what}: a run that should find nothing to do changed {'; '.join(outcome.changed_tasks)}",
        fix="make the named task compare before it changes",
        details={"changed": list(outcome.changed_tasks)},
    )


def _store(request: StepRequest) -> SecretStore:
    return open_store(Path(request.bindings.secrets), request.inventory.customer.id)


def _tunnel_keys(request: StepRequest, tunnels: Sequence[vpn.Tunnel]) -> dict[str, str]:
    store = _store(request)
    return {tunnel.secret: store.ensure(tunnel.secret, generate_psk) for tunnel in tunnels}


def _endpoint_files(request: StepRequest, site: str) -> tuple[tuple[File, ...], dict[str, str]]:
    tunnels = vpn.endpoint_tunnels(request.inventory, request.profile, site, request.outputs)
    keys = _tunnel_keys(request, tunnels)
    inside = request.inventory.site(site).networks
    return gateway.endpoint_files(site, inside, tunnels, request.profile.ike, keys), keys


@contextlib.contextmanager
def _scratch(request: StepRequest) -> Iterator[Path]:
    """A folder of mode 0700 for known hosts, keys and plays; removed afterwards, a killed step's by the next run."""
    Path(request.scratch).mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(tempfile.mkdtemp(prefix="configure-", dir=request.scratch))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _placed(request: StepRequest, files: Sequence[File]) -> Iterator[tuple[Path, Path]]:
    """A scratch folder, and in it the files as they will lie below the host's root."""
    with _scratch(request) as folder:
        source = folder / "secrets" / "root"
        for file in files:
            write_atomic(source / file.path, file.content.encode())
        yield folder, source


def _reach(request: StepRequest, folder: Path, names: Sequence[str]) -> documents.Reach:
    """Pins the keys of the named hosts only: a play cannot reach another one."""
    every = request.bindings.host_bindings
    known_hosts = remote.write_known_hosts(
        {name: every[name] for name in names if name in every}, folder / "known_hosts"
    )
    return documents.Reach(
        options=shlex.join(remote.ssh_options(key=Path(request.bindings.ssh_key or ""), known_hosts=known_hosts))
    )


def _console(command: Sequence[str], path: Path) -> None:
    try:
        with path.open("rb") as stream:
            result = subprocess.run(
                dying_with_parent(command),
                stdin=stream,
                capture_output=True,
                timeout=CONSOLE_TIMEOUT,
                check=False,
            )
    except subprocess.TimeoutExpired as late:
        raise ConfigureFailed(
            f"the console did not finish in {CONSOLE_TIMEOUT:g} s", fix="look at the console"
        ) from late
    except OSError as error:
        raise ConfigureFailed(
            f"the console cannot be used: {error}", fix="check the bundle and console_command"
        ) from error
    if result.returncode:
        tail = result.stderr.decode(errors="replace")[-2000:].strip()
        raise ConfigureFailed(f"the console refused the bundle: {tail}", fix="look at the endpoint")


def _await_link(request: StepRequest, site: str, emit: Emit) -> float:
    """Seconds until the endpoint could be logged into through the link; raises ConfigureFailed after LINK_TIMEOUT."""
    began, patience = time.monotonic(), LINK_TIMEOUT[request.bindings.time_scale]
    with _scratch(request) as folder:
        machine = remote.bound(remote.open_remotes(request.bindings, folder), endpoint_host(site), ConfigureFailed)
        while True:
            try:
                machine.run(["true"], timeout=remote.CONNECT_TIMEOUT + 5, sudo=False)
            except ConfigureFailed as last:
                waited = time.monotonic() - began
                if waited > patience:
                    raise ConfigureFailed(
                        f"the management link of {site} is not up after {waited:.0f} s: {last.message}",
                        fix="compare both sides: swanctl --list-sas, journalctl -u strongswan",
                    ) from last
                emit(f"waiting for the management link of {site}: {waited:.0f} s")
                time.sleep(0.5)
            else:
                return time.monotonic() - began
