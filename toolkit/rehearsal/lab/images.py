"""The lab's images as data: recipes, and the digest that names a machine's cached copy of them.

``host`` is a plain Debian machine with SSH, sudo and Python; ``gateway`` adds strongSwan, ``hub`` monitoring and
the backup server's parts. Agents are not in any image: Ansible brings them, through the package proxy.
"""

from __future__ import annotations

from typing import Literal

from toolkit.canonical import digest
from toolkit.rehearsal.lab.apt_sources import Source

Image = Literal["host", "gateway", "hub"]
BASE = (
    "systemd,systemd-sysv,dbus,openssh-server,python3,python3-apt,iproute2,iputils-ping,sudo,"
    "ca-certificates,netbase,procps,curl,apt"
)
GATEWAY = (
    "charon-systemd strongswan-swanctl libcharon-extra-plugins libstrongswan-extra-plugins "
    "libstrongswan-standard-plugins nftables"
)
HUB = "prometheus prometheus-alertmanager prometheus-blackbox-exporter rsyslog restic openssh-sftp-server logrotate"

# Maintainer scripts must start nothing in a build; downloads are kept in the mounted cache.
_BEFORE = (
    r"printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d"
    r""" && echo 'Binary::apt::APT::Keep-Downloaded-Packages "true";' >/etc/apt/apt.conf.d/00keep"""
    " && cp /run/lab-sources /etc/apt/sources.list.d/lab.sources && apt-get update -qq"
)
_INSTALL = "DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends"
_AFTER = (
    "rm -rf /usr/sbin/policy-rc.d /etc/apt/apt.conf.d/00keep /var/lib/apt/lists/*"
    " && cp /run/lab-inside /etc/apt/sources.list.d/lab.sources"
)

_HOST = r"""FROM onboard/base
RUN mkdir -p /etc/systemd/system/ssh.service.d /etc/ssh/sshd_config.d \
 && printf '[Service]\nExecStartPre=\nExecStartPre=/bin/sh -c "test -s /etc/ssh/ssh_host_ed25519_key || /usr/bin/ssh-keygen -q -t ed25519 -N \\"\\" -f /etc/ssh/ssh_host_ed25519_key"\nExecStartPre=/usr/sbin/sshd -t\n' >/etc/systemd/system/ssh.service.d/keys.conf \
 && printf 'HostKey /etc/ssh/ssh_host_ed25519_key\nPasswordAuthentication no\nPermitRootLogin no\nUseDNS no\n' >/etc/ssh/sshd_config.d/lab.conf \
 && useradd -m -s /bin/bash onboard \
 && echo 'onboard ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/onboard && chmod 0440 /etc/sudoers.d/onboard \
 && install -d -m 0700 -o onboard -g onboard /home/onboard/.ssh \
 && systemctl mask apt-daily.timer apt-daily-upgrade.timer user@.service getty.target console-getty.service \
 && rm -f /etc/apt/sources.list /etc/apt/sources.list.d/* && cp /run/lab-inside /etc/apt/sources.list.d/lab.sources
"""
# Userspace ESP over a tun device: the kernel may lack ESP. A bypass for attached networks would go around the tunnel.
_GATEWAY = f"""FROM onboard/host
RUN {_BEFORE} && {_INSTALL} {GATEWAY} && {_AFTER} \\
 && sed -i 's/load = no/load = yes/' /etc/strongswan.d/charon/kernel-libipsec.conf \\
 && sed -i 's/load = yes/load = no/' /etc/strongswan.d/charon/bypass-lan.conf \\
 && systemctl enable strongswan
"""
_HUB = f"""FROM onboard/gateway
RUN {_BEFORE} && {_INSTALL} {HUB} && {_AFTER}
"""
CONTAINERFILES: dict[Image, str] = {"host": _HOST, "gateway": _GATEWAY, "hub": _HUB}


def tag(image: str) -> str:
    """The name that podman knows an image by; ``localhost`` keeps it from ever asking a registry."""
    return f"localhost/onboard/{image}:lab"


def base_command(*, tarball: str, sources: str, inside: str) -> list[str]:
    """The mmdebstrap call for the base image: ``sources`` and ``inside`` are apt source files on this machine."""
    slim = [f"--dpkgopt=path-exclude=/usr/share/{part}/*" for part in ("doc", "man", "locale")]
    return [
        "mmdebstrap",
        "--mode=root",
        "--variant=minbase",
        f"--include={BASE}",
        '--aptopt=APT::Install-Recommends "false"',
        *slim,
        # Keys and identity are made at first boot, never in an image.
        '--customize-hook=rm -f "$1"/etc/ssh/ssh_host_* "$1"/etc/machine-id "$1"/etc/resolv.conf',
        '--customize-hook=: >"$1"/etc/machine-id; echo nameserver 127.0.0.1 >"$1"/etc/resolv.conf',
        f"--customize-hook=upload {inside} /etc/apt/sources.list.d/lab.sources",
        "bookworm",
        tarball,
        sources,
    ]


def recipe_digest(sources: tuple[Source, ...]) -> str:
    """Names the cached store: recipes and package sources; 16 hex digits."""
    recipe = {
        "base": base_command(tarball="", sources="", inside=""),
        "files": dict(CONTAINERFILES),
        "sources": [[s.uri, list(s.suites)] for s in sources],
    }
    return digest(recipe).removeprefix("sha256:")[:16]
