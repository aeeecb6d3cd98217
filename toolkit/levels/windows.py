"""In which window the clock of an incident or a change runs, and the seconds of a target (SD-1 §1.8, §1.16)."""

from __future__ import annotations

from functools import cache

from toolkit.clocks import Window, window_of
from toolkit.errors import OnboardError
from toolkit.model.service import Service, Target


class Windows:
    """A service's windows by activity, environment and priority."""

    def __init__(self, service: Service) -> None:
        self._hours = service.hours
        self._windows = {one.id: window_of(one) for one in service.windows}
        self.of = cache(self._of)

    def named(self, id_: str) -> Window:
        """The window of that id; OnboardError where the catalogue has none."""
        if id_ not in self._windows:
            raise OnboardError(f"the catalogue has no window {id_!r}", fix="complete its windows")
        return self._windows[id_]

    def _of(self, activity: str, environment: str, priority: str | None = None) -> Window | None:
        """The window of an activity; None where the service description has none."""
        for one in self._hours:
            fits = not one.environments or environment in one.environments
            if one.activity == activity and fits and (not one.priorities or priority in one.priorities):
                return self.named(one.window)
        return None


def target_seconds(target: Target, window: Window) -> int:
    """A target's time; a business day is what the window has open on one, 9 h in 09:00-18:00 (SD-1 §1.16)."""
    days = (target.business_days or 0) * (0 if window.always else window.business_day_seconds)
    return days + (target.hours or 0) * 3600 + (target.minutes or 0) * 60
