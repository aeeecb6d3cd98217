#!/bin/sh
# Bring the endpoint up from the files beside this one. Safe to run again.
set -eu
missing=
for package in charon-systemd libcharon-extra-plugins libstrongswan-extra-plugins libstrongswan-standard-plugins nftables strongswan-swanctl; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing="$missing $package"
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
systemctl enable -q onboard-firewall.service strongswan.service onboard-links.timer
systemctl restart onboard-firewall.service
systemctl restart strongswan.service
systemctl start onboard-links.timer
swanctl --load-all --noprompt
