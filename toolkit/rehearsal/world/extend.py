"""How moto's classes are extended, and the few of its internals that an extension needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def extend(owner: Any, *methods: Callable[..., Any]) -> None:
    """Set functions as methods of a class of moto's, under their own names, over what may stand there."""
    for method in methods:
        setattr(owner, method.__name__, method)


def method_of(owner: Any, name: str) -> Callable[..., Any]:
    """The method as it stands, to be called by the one that replaces it."""
    found: Callable[..., Any] = getattr(owner, name)
    return found


def param(response: Any, name: str, default: Any = None) -> Any:
    """A parsed request parameter of a moto response object."""
    found = response._get_param(name)  # noqa: SLF001 moto's own way to read a request
    return default if found is None else found


def answer(result: dict[str, Any]) -> Any:
    """A response that moto serialises by the service's own model."""
    from moto.core.responses import ActionResult

    return ActionResult(result)


def empty() -> Any:
    """The response of an operation without results."""
    from moto.core.responses import EmptyResult

    return EmptyResult()


def ec2_error(code: str, message: str) -> Exception:
    """An EC2 error with AWS's code."""
    from moto.ec2.exceptions import EC2ClientError

    error: Exception = EC2ClientError(code, message)
    return error
