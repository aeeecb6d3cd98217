"""The files of a VPN gateway, the site's endpoint or the provider's hub. Pure.

The console's bundle and the roles ``vpn_endpoint`` and ``hub_customer`` install exactly these, so that the role finds
nothing to change after the bundle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from toolkit.configure.files import File
from toolkit.configure.vpn import Tunnel, networks, render_connections, render_secrets
from toolkit.conventions import GATEWAY_PACKAGES, INSTALL_ENDPOINT
from toolkit.model.profile import Ike

FOLDERS = ("etc/onboard", "usr/local/lib/onboard")
"""Folders of ours (root, 0755); every other file lands in a folder that a package owns."""

SERVICES = ("onboard-firewall.service", "strongswan.service", "onboard-links.timer")

_STRONGSWAN = """\
# kernel-libipsec: ESP in user space over the tun device ipsec0, so that no kernel module is needed and the firewall can
# tell what came through a tunnel. bypass-lan would let neighbours of a local network around it.
charon {
  plugins {
    kernel-libipsec {
      load = yes
    }
    bypass-lan {
      load = no
    }
  }
}
"""

_SYSCTL = "net.ipv4.ip_forward = 1\n"

_FIREWALL_UNIT = """\
[Unit]
Description=Forward through tunnels only
After=nftables.service
Before=strongswan.service network-online.target
ConditionPathExists=/etc/onboard/firewall.nft

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f /etc/onboard/firewall.nft
ExecReload=/usr/sbin/nft -f /etc/onboard/firewall.nft

[Install]
WantedBy=multi-user.target
"""

_LINKS_UNIT = """\
[Unit]
Description=Start tunnels that are down
After=strongswan.service
Requisite=strongswan.service

[Service]
Type=oneshot
ExecStart=/usr/local/lib/onboard/keep-links.sh
"""

_LINKS_TIMER = """\
[Unit]
Description=Start tunnels that are down, every 15 seconds

[Timer]
OnActiveSec=15s
OnUnitInactiveSec=15s
AccuracySec=1s

[Install]
WantedBy=timers.target
"""

_KEEP_LINKS = """\
#!/bin/sh
# A tunnel that the other side refused (wrong key, its restart) is not retried by charon itself.
set -u
up=$(swanctl --list-sas --raw)
for link in {links}; do
  case "$up" in
    *" child-sas {{$link-"*|*"}} $link-"[0-9]*" {{name=$link "*) continue ;;
  esac
  swanctl --initiate --child "$link" --timeout 5 >/dev/null 2>&1 || echo "tunnel $link cannot be started"
done
exit 0
"""

_INSTALL = """\
#!/bin/sh
# Bring the endpoint up from the files beside this one. Safe to run again.
set -eu
missing=
for package in {packages}; do
  dpkg-query -W -f '${{Status}}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing="$missing $package"
done
if [ -n "$missing" ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  # shellcheck disable=SC2086
  apt-get install -q -y --no-install-recommends -o Dpkg::Options::=--force-confold $missing
fi
# in a container the value is set from outside and the file system is read-only
[ "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 ] || sysctl -q -p /etc/sysctl.d/60-onboard-forward.conf
systemctl daemon-reload
systemctl enable -q {services}
systemctl restart onboard-firewall.service
systemctl restart strongswan.service
systemctl start onboard-links.timer
swanctl --load-all --noprompt
"""


def strongswan_files() -> tuple[File, ...]:
    """What every gateway has whatever its tunnels are: plugins and forwarding."""
    return (
        File(path="etc/strongswan.d/onboard.conf", mode=0o644, content=_STRONGSWAN),
        File(path="etc/sysctl.d/60-onboard-forward.conf", mode=0o644, content=_SYSCTL),
        File(path="etc/systemd/system/onboard-firewall.service", mode=0o644, content=_FIREWALL_UNIT),
    )


def render_firewall(inside: Sequence[str]) -> str:
    """Rules of nftables for a gateway: forward between ``inside`` networks and ``ipsec0``, nothing else.

    Between the public side and the inside nothing passes in plaintext, and no tunnel reaches another one.
    """
    inner = ", ".join(networks(inside))
    return f"""\
#!/usr/sbin/nft -f
# replaced as one transaction; other tables are left alone
table inet onboard
delete table inet onboard
table inet onboard {{
  chain forward {{
    type filter hook forward priority filter; policy drop;
    iifname "ipsec0" oifname "ipsec0" drop
    iifname "ipsec0" ip daddr {{ {inner} }} accept
    oifname "ipsec0" ip saddr {{ {inner} }} accept
  }}
}}
"""


def tunnel_files(name: str, tunnels: Sequence[Tunnel], ike: Ike, keys: Mapping[str, str]) -> tuple[File, ...]:
    """The two swanctl files of one party; the second holds the pre-shared keys and is readable by root only."""
    return (
        File(path=f"etc/swanctl/conf.d/{name}.conf", mode=0o644, content=render_connections(tunnels, ike)),
        File(path=f"etc/swanctl/conf.d/{name}-secrets.conf", mode=0o600, content=render_secrets(tunnels, keys)),
    )


def hub_files(site: str, tunnels: Sequence[Tunnel], ike: Ike, keys: Mapping[str, str]) -> tuple[File, ...]:
    """The hub's side of one site; the firewall is the hub's, equal for every customer."""
    inside = tuple(dict.fromkeys(network for tunnel in tunnels for network in tunnel.local_networks))
    return (
        *strongswan_files(),
        File(path="etc/onboard/firewall.nft", mode=0o644, content=render_firewall(inside)),
        *tunnel_files(f"onboard-{site}", tunnels, ike, keys),
    )


def endpoint_files(
    site: str, inside: Sequence[str], tunnels: Sequence[Tunnel], ike: Ike, keys: Mapping[str, str]
) -> tuple[File, ...]:
    """Everything that the endpoint of a site has from us, sorted by path; ``inside`` are the site's networks."""
    files = (
        *strongswan_files(),
        File(path="etc/onboard/firewall.nft", mode=0o644, content=render_firewall(inside)),
        *tunnel_files(f"onboard-{site}", tunnels, ike, keys),
        File(path="etc/systemd/system/onboard-links.service", mode=0o644, content=_LINKS_UNIT),
        File(path="etc/systemd/system/onboard-links.timer", mode=0o644, content=_LINKS_TIMER),
        File(path="usr/local/lib/onboard/keep-links.sh", mode=0o755, content=_keep_links(tunnels)),
        File(
            path=INSTALL_ENDPOINT.removeprefix("/"),
            mode=0o755,
            content=_INSTALL.format(packages=" ".join(GATEWAY_PACKAGES), services=" ".join(SERVICES)),
        ),
    )
    return tuple(sorted(files, key=lambda file: file.path))


def _keep_links(tunnels: Iterable[Tunnel]) -> str:
    return _KEEP_LINKS.format(links=" ".join(tunnel.name for tunnel in tunnels if tunnel.initiate))
