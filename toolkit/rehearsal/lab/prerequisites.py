"""What the lab needs of this machine, and the exact command for what is missing."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from pathlib import Path

import msgspec

from toolkit.errors import PrerequisiteMissing
from toolkit.rehearsal.lab.apt_sources import machine_sources

_PROGRAMS = {
    "podman": "podman",
    "runc": "runc",
    "conmon": "conmon",
    "mmdebstrap": "mmdebstrap",
    "ip": "iproute2",
    "ss": "iproute2",
    "nft": "nftables",
    "nsenter": "util-linux",
    "setpriv": "util-linux",
    "ssh-keygen": "openssh-client",
    "ssh": "openssh-client",
}
INOTIFY_PER_MACHINE = 5
# conmon is looked up by podman in these as well
_PATHS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/libexec/podman"


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is missing; ``fix`` is a command to run, as root."""

    name: str
    message: str
    fix: str


def prerequisites(machines: int | None = None) -> list[Gap]:
    """Every gap of this machine that keeps the lab from running; empty when it can run.

    ``machines`` that are still to be started must find room beside those that run already.
    """
    if not sys.platform.startswith("linux"):
        return [Gap(name="linux", message="the host lab needs Linux", fix="onboard rehearse --hosts none")]
    gaps = []
    if os.geteuid() != 0:
        gaps.append(Gap(name="root", message="the host lab needs root", fix="run again as root (sudo)"))
    packages = missing_packages()
    if packages:
        gaps.append(
            Gap(
                name="packages",
                message=f"programs are missing: {', '.join(packages)}",
                fix=f"apt-get install -y --no-install-recommends {' '.join(packages)}",
            )
        )
    if not Path("/dev/net/tun").exists():
        gaps.append(Gap(name="tun", message="/dev/net/tun is missing: no userspace tunnels", fix="modprobe tun"))
    try:
        machine_sources()
    except PrerequisiteMissing as error:
        gaps.append(Gap(name="apt-sources", message=error.message, fix=error.fix))
    crowded = room_for(machines) if machines else None
    return [*gaps, crowded] if crowded else gaps


def room_for(machines: int, *, limit: Path = Path("/proc/sys/fs/inotify/max_user_instances")) -> Gap | None:
    """Whether that many more machines can boot: each systemd watches with five inotify instances of root's.

    The kernel's limit (128 by default) is one for all containers of this machine; where it is reached, a booting
    systemd hangs without a word (inotify(7)).
    """
    allowed, used = int(limit.read_text()), inotify_instances()
    wanted = used + machines * INOTIFY_PER_MACHINE
    if wanted <= allowed:
        return None
    return Gap(
        name="inotify",
        message=f"{machines} machines need {wanted - used} inotify instances; {max(allowed - used, 0)} are free",
        fix=f"sysctl -w fs.inotify.max_user_instances={max(1024, 2 * wanted)}",
    )


def inotify_instances() -> int:
    """Inotify instances that root's processes hold on this machine."""
    found = 0
    for entry in Path("/proc").glob("[0-9]*/fd"):
        with contextlib.suppress(OSError):
            if entry.stat().st_uid == 0:
                found += sum(str(link.readlink()) == "anon_inode:inotify" for link in entry.iterdir())
    return found


def missing_packages() -> tuple[str, ...]:
    """Debian packages whose programs are not found, sorted."""
    return tuple(sorted({package for program, package in _PROGRAMS.items() if not shutil.which(program, path=_PATHS)}))
