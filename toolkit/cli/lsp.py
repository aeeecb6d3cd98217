"""``onboard lsp``: the language server for editors."""

from __future__ import annotations

import click

from toolkit.errors import PrerequisiteMissing


@click.command()
@click.option(
    "--stdio", is_flag=True, help="Speak over stdin and stdout: the only way, accepted since editors name it."
)
def lsp(*, stdio: bool) -> int:  # noqa: ARG001 - there is no other transport
    """Serve an editor: problems while typing, completion, help and corrections, over stdin and stdout."""
    try:
        from toolkit.editor.server import make_server
    except ModuleNotFoundError as error:
        raise PrerequisiteMissing(
            f"the language server needs {error.name}", fix="pip install 'onboarding-toolkit[editor]'"
        ) from error
    make_server().start_io()
    return 0
