#!/bin/sh
# System packages: installed by apt where this is root on Debian, otherwise one message with the exact command. Installs
# nothing that is there already. usage: system-packages.sh [browser]; without a word, what the rehearsal's hosts need;
# with it, the browser in which tests look at pages.
set -eu

packages="python3-venv podman runc conmon iproute2 iptables nftables uidmap util-linux mmdebstrap openssh-client prometheus prometheus-alertmanager"
without="the rehearsal leaves its hosts out"
if [ "${1-}" = browser ]; then
    packages="chromium"
    without="no test looks at a page in a browser"
fi

missing=""
for package in $packages; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

command="apt-get update && apt-get install --no-install-recommends$missing"
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "onboard: these system packages are missing, so $without. As root, run: $command" >&2
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
