"""Property tests are the same on every run and on a slow machine; ONBOARD_SEARCH=1 looks further, at random."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", deadline=None, max_examples=3000, suppress_health_check=list(HealthCheck))
settings.load_profile("search" if os.environ.get("ONBOARD_SEARCH") else "steady")
