"""What the lab needs of this machine, and the exact command for what is missing."""

from __future__ import annotations

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
# conmon is looked up by podman in these as well
_PATHS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/libexec/podman"


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is missing; ``fix`` is a command to run, as root."""

    name: str
    message: str
    fix: str


def prerequisites() -> list[Gap]:
    """Every gap of this machine that keeps the lab from running; empty when it can run."""
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
    return gaps


def missing_packages() -> tuple[str, ...]:
    """Debian packages whose programs are not found, sorted."""
    return tuple(sorted({package for program, package in _PROGRAMS.items() if not shutil.which(program, path=_PATHS)}))
