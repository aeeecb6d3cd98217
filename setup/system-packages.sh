#!/bin/sh
# System packages that the rehearsal's hosts need: installed by apt where this is root on Debian,
# otherwise one message with the exact command. Installs nothing that is there already.
set -eu

packages="python3-venv podman runc conmon iproute2 iptables nftables uidmap util-linux mmdebstrap openssh-client prometheus prometheus-alertmanager"

missing=""
for package in $packages; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

command="apt-get update && apt-get install --no-install-recommends$missing"
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "onboard: these system packages are missing, so the rehearsal leaves its hosts out. As root, run: $command" >&2
    exit 0
fi

# Without this file Debian's packages would start their services on this machine while they are installed.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
    trap 'exit 130' INT TERM
fi
echo "onboard: installing system packages:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends $missing >/dev/null
