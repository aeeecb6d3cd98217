#!/bin/sh
# The virtual environment from the hash-locked requirements. usage: environment.sh PYTHON VENV
set -eu

python=$1
venv=$2
stamp="$venv/.requirements.sha256"
want=$(cat requirements-bootstrap.lock requirements.lock pyproject.toml | sha256sum | cut -d' ' -f1)
[ "$(cat "$stamp" 2>/dev/null || true)" != "$want" ] || exit 0

"$python" - <<'P'
import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(f"onboard: Python 3.11 to 3.13 is needed, this is {sys.version.split()[0]}. Name another: make PYTHON=python3.12 …")
P
echo "onboard: making $venv" >&2
"$python" -m venv --clear "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-bootstrap.lock
VIRTUAL_ENV=$PWD/$venv "$venv/bin/uv" pip install --quiet --require-hashes --no-deps -r requirements.lock
VIRTUAL_ENV=$PWD/$venv "$venv/bin/uv" pip install --quiet --no-deps --no-build-isolation --editable .
printf '%s\n' "$want" >"$stamp"
