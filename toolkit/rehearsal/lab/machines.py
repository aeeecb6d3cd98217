"""Starting one machine: the podman call as data, and the script that makes it ready for SSH."""

from __future__ import annotations

from toolkit.conventions import INSTALL_ENDPOINT
from toolkit.errors import OnboardError
from toolkit.rehearsal.lab import images
from toolkit.rehearsal.lab.podman import REHEARSAL, TAG, Podman
from toolkit.rehearsal.lab.topology import Node
from toolkit.rehearsal.lab.wiring import GATEWAY_SETTINGS, SETTINGS

# The bundle arrives on standard input, so no secret of it is ever on a command line.
CONSOLE_SCRIPT = f"tar -x -p -C / --no-same-owner --no-overwrite-dir -f - && exec sh {INSTALL_ENDPOINT}"

# Standard input: the rehearsal's public key. Arguments: user, port. Standard output: the host's public key.
_READY = r"""set -eu
user=$1 port=$2
own=--user-group; ! getent group "$user" >/dev/null || own="--gid=$user"  # Debian has a group operator
id "$user" >/dev/null 2>&1 || { useradd -m -s /bin/bash "$own" -- "$user"
  printf '%s ALL=(ALL) NOPASSWD:ALL\n' "$user" >/etc/sudoers.d/lab-user; chmod 0440 /etc/sudoers.d/lab-user; }
home=$(getent passwd "$user" | cut -d: -f6)
install -d -m 0700 -o "$user" -g "$user" "$home/.ssh"
cat >"$home/.ssh/authorized_keys"
chown "$user:" "$home/.ssh/authorized_keys"; chmod 0600 "$home/.ssh/authorized_keys"
for _ in $(seq 600); do
  case $(systemctl is-system-running 2>/dev/null || :) in running|degraded) break;; esac
  sleep 0.1
done
if [ "$port" != 22 ]; then
  printf 'Port %s\n' "$port" >/etc/ssh/sshd_config.d/port.conf; systemctl restart ssh
fi
systemctl is-active --quiet ssh || { systemctl --failed --plain --no-legend; systemctl list-jobs --no-legend; exit 1; } >&2
cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub
"""


def run_arguments(node: Node, rehearsal_id: str) -> list[str]:
    """``podman run`` for a node: systemd as PID 1, no network, the capabilities that the topology names."""
    settings = [*SETTINGS, *(GATEWAY_SETTINGS if node.gateway else ())]
    device = ["--device", "/dev/net/tun"] if node.gateway else []
    return [
        "run",
        "--detach",
        *("--name", node.name),
        *("--hostname", node.hostname),
        *("--network", "none"),
        *("--systemd", "always"),
        *("--pull", "never"),
        # The default profile forbids the mounts that systemd makes for its services. The lab is no security boundary.
        *("--security-opt", "apparmor=unconfined"),
        *("--cgroup-parent", cgroup(rehearsal_id)),
        *("--label", f"onboard.rehearsal={rehearsal_id}"),
        *("--env", f"{REHEARSAL}={rehearsal_id}"),
        *("--env", f"{TAG}={rehearsal_id}"),
        *(part for capability in node.capabilities for part in ("--cap-add", capability)),
        *(part for setting in settings for part in ("--sysctl", setting)),
        *device,
        images.tag(node.image),
    ]


def cgroup(rehearsal_id: str) -> str:
    """The control group that all containers of a rehearsal are in, so that what is left of them can be told apart."""
    return f"/onboard-{rehearsal_id}"


def make_ready(podman: Podman, node: Node, public_key: str) -> str:
    """Wait until the machine has booted, let the rehearsal's key in, and return its public host key."""
    arguments = ["exec", "--interactive", node.name, "sh", "-c", _READY, "ready", node.user, str(node.ssh_port)]
    host_key = podman.run(*arguments, stdin=public_key.encode(), timeout=150).strip()
    if not host_key.startswith("ssh-ed25519 "):
        raise OnboardError(f"{node.name} shows no host key")
    return host_key
