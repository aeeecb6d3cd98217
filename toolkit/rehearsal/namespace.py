"""The rehearsal's network namespace: no default route, so nothing that runs in it can reach a customer.

Entered by ``nsenter --net``: ``ip netns exec`` would remount /sys and hide the control groups from podman.
"""

from __future__ import annotations

import ctypes
import os
import re
import socket
import subprocess
from pathlib import Path

from toolkit.errors import OnboardError, PrerequisiteMissing

_RUN = Path("/run/netns")
_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")
_CLONE_NEWNET = 0x40000000
# A new namespace inherits some of these from the machine; br_netfilter's exist only where it is loaded.
_SETTINGS = (
    "echo 0 >/proc/sys/net/ipv4/ip_forward;"
    "for f in all default lo; do echo 1 >/proc/sys/net/ipv6/conf/$f/disable_ipv6; done;"
    "for f in iptables ip6tables arptables; do echo 0 >/proc/sys/net/bridge/bridge-nf-call-$f; done; true"
)


def namespace(rehearsal_id: str) -> str:
    """``ob-<id>``; raises OnboardError for an id that is not lower case letters, digits and hyphens (40 at most)."""
    if not _ID.match(rehearsal_id):
        raise OnboardError(f"{rehearsal_id!r} cannot name a rehearsal: lower case letters, digits and hyphens only")
    return f"ob-{rehearsal_id}"


def path(netns: str) -> Path:
    """The file that holds the namespace open."""
    return _RUN / netns


def exists(netns: str) -> bool:
    """Whether the namespace can be entered; the empty file of a half-made one does not count."""
    # Path.is_mount asks for a folder; this is a file.
    return os.path.ismount(path(netns))


def enter(netns: str) -> list[str]:
    """Argument prefix that runs a program inside the namespace: ``[*enter(netns), "ssh", …]``."""
    return ["nsenter", f"--net={path(netns)}"]


def enter_here(netns: str) -> None:
    """Move this thread, and whatever it starts from now on, into the namespace; call it before starting threads."""
    there = os.open(path(netns), os.O_RDONLY)
    try:
        _setns(there)
    finally:
        os.close(there)


def make(netns: str) -> None:
    """Create the namespace with only ``lo`` up; finds one that exists in order. Needs root and iproute2."""
    if path(netns).exists() and not exists(netns):
        path(netns).unlink()
    if not exists(netns):
        call(["ip", "netns", "add", netns])
    call([*enter(netns), "ip", "link", "set", "lo", "up"])
    call([*enter(netns), "sh", "-c", f"( {_SETTINGS} ) 2>/dev/null"])


def remove(netns: str) -> None:
    """Delete the namespace; bridges, veths, routes and firewall rules in it go with it. Nothing to do is fine."""
    if exists(netns):
        call(["ip", "netns", "del", netns])
    path(netns).unlink(missing_ok=True)


def inhabitants(netns: str) -> tuple[int, ...]:
    """Ids of the processes that live in the namespace."""
    if not exists(netns):
        return ()
    wanted = path(netns).stat().st_ino
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                inode = (entry / "ns" / "net").stat().st_ino
            except OSError:
                continue
            if inode == wanted:
                found.append(int(entry.name))
    return tuple(sorted(found))


def listen_inside(netns: str, address: tuple[str, int]) -> socket.socket:
    """A listening TCP socket of the namespace, for a process that itself stays outside (the package proxy).

    A socket belongs to the namespace that it was made in; only the calling thread moves, and it moves back.
    """
    here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(path(netns), os.O_RDONLY)
    try:
        _setns(there)
        try:
            made = socket.create_server(address, backlog=64)
        finally:
            _setns(here)
    finally:
        os.close(here)
        os.close(there)
    return made


def leads_out() -> bool:
    """Whether the calling process's namespace has a default route (IPv4; IPv6 is switched off in ours)."""
    rows = Path("/proc/thread-self/net/route").read_text().splitlines()[1:]
    return any(row.split()[1] == "00000000" and row.split()[7] == "00000000" for row in rows)


def call(command: list[str], *, stdin: str = "") -> str:
    """Run a short command of the wiring; its own words become the error."""
    try:
        done = subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            text=True,
            env={"PATH": search_path()},
            timeout=60,
            check=False,
        )
    except FileNotFoundError as error:
        raise PrerequisiteMissing(
            f"{command[0]} is missing", fix="apt-get install iproute2 nftables util-linux"
        ) from error
    if done.returncode:
        raise OnboardError(f"{' '.join(command[:8])}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def search_path() -> str:
    """PATH with the system's own folders, which a root shell made by su(1) may lack."""
    return ":".join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])


def _setns(descriptor: int) -> None:
    # os.setns exists from Python 3.12 on; the toolkit runs on 3.11 too.
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, _CLONE_NEWNET):
        number = ctypes.get_errno()
        raise OnboardError(f"cannot enter the network namespace: {os.strerror(number)}")
