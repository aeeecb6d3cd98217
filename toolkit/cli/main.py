"""The command line: parse, call the library, print, exit. Commands are imported when they are called."""

from __future__ import annotations

import importlib
import itertools
import os
import sys
from typing import Any, NoReturn

import click

from toolkit import __version__
from toolkit.errors import OnboardError

COMMANDS: dict[str, tuple[str, str]] = {
    "doctor": ("toolkit.cli.doctor:doctor", "What this machine allows, and the fix for each gap."),
    "validate": ("toolkit.cli.validate:validate", "Every problem of an inventory, with place and fix."),
    "template": ("toolkit.cli.template:template", "The workbook that a customer fills in."),
    "convert": ("toolkit.cli.convert:convert", "An inventory from any format into any other."),
    "schema": ("toolkit.cli.schema:schema", "What an inventory may say, kind by kind."),
    "diff": ("toolkit.cli.diff:diff", "Two versions of an inventory: what differs, and what is decided otherwise."),
    "lsp": ("toolkit.cli.lsp:lsp", "Problems, completion and help in any editor (language server)."),
    "rules": ("toolkit.cli.rules:rules", "Every rule that an inventory is held to, and what breaks it."),
    "catalogue": ("toolkit.cli.catalogue:catalogue", "What each service promises, needs, delivers and leaves out."),
    "decide": ("toolkit.cli.decide:decide", "What is decided for each component, and why."),
    "tables": ("toolkit.cli.tables:tables", "Prove decision tables; what another version would change."),
    "price": ("toolkit.cli.price:price", "What changes, builds and services cost, with the arithmetic."),
    "calendar": ("toolkit.cli.calendar:calendar", "What is due when: a table, or an iCalendar file."),
    "event": ("toolkit.cli.event:event", "Plan a supported event within the limits of its kit."),
    "documents": ("toolkit.cli.documents:documents", "The onboarding's documents, in French and English."),
    "levels": ("toolkit.cli.levels:levels", "A month's service levels and credits, from records."),
    "plan": ("toolkit.cli.plan:plan", "What would be done, offline and without credentials."),
    "approve": ("toolkit.cli.approve:approve", "Sign a plan's digest, detached from the plan."),
    "apply": ("toolkit.cli.apply:apply", "Carry out an approved plan."),
    "rehearse": ("toolkit.cli.rehearse:rehearse", "The whole onboarding in a throwaway world on this machine."),
    "status": ("toolkit.cli.status:status", "Where a customer stands, what is missing, and whose turn it is."),
    "runs": ("toolkit.cli.runs:runs", "Where runs stand; resume one."),
    "verify": ("toolkit.cli.verify:verify", "Check the running things again."),
    "evidence": ("toolkit.cli.evidence:evidence", "Check or show an evidence bundle, offline."),
    "clock": ("toolkit.cli.clock:clock", "When a time is over, or how much has run, in business hours or always."),
    "report": ("toolkit.cli.report:report", "The HTML report and text summary of a run."),
}


class LazyGroup(click.Group):
    """A group whose commands are named here and imported when one is called, so that ``--help`` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="onboard")
def cli() -> None:
    """Onboard a customer's infrastructure, and rehearse all of it on this machine first.

    Start with: onboard rehearse examples/acme
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with the code of what happened (see ``toolkit.errors``)."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        code: Any = cli.main(arguments, prog_name="onboard", standalone_mode=False)
    except OnboardError as error:
        from toolkit.cli.present import print_error

        print_error(error, as_json=_wants_json(arguments))
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        sys.exit(130)
    except KeyboardInterrupt:
        sys.exit(130)
    except click.ClickException as error:
        _wrong_arguments(error, arguments)
    except BrokenPipeError:
        # The reader went away (`| head`): nothing more to say, and no traceback at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the last resort: no traceback for a user, unless asked for
        _last_resort(error, arguments)
    sys.exit(code if isinstance(code, int) else 0)


def _wrong_arguments(error: click.ClickException, arguments: list[str]) -> NoReturn:
    """What click refuses: its own words for people, the object of every error for ``--format json``."""
    if not _wants_json(arguments):
        error.show()
        sys.exit(2)
    from toolkit.cli.present import print_error
    from toolkit.errors import UsageError

    context = error.ctx if isinstance(error, click.UsageError) else None
    fix = f"see {context.command_path if context else 'onboard'} --help"
    print_error(UsageError(error.format_message(), fix=fix), as_json=True)
    sys.exit(UsageError.exit_code)


def _last_resort(error: Exception, arguments: list[str]) -> None:
    """A file that cannot be read or written is the user's to mend (2); anything else is ours (1)."""
    from toolkit.cli.present import print_error
    from toolkit.errors import UsageError

    told: OnboardError
    if isinstance(error, OSError) and error.filename is not None:
        told = UsageError(f"{error.filename}: {error.strerror}", fix="name a path that exists and that you may use")
    else:
        told = OnboardError(
            f"internal error ({type(error).__name__})", fix="run it again with -v and report what it prints"
        )
    if {"-v", "--verbose"} & set(arguments):
        import traceback

        traceback.print_exception(error)
    print_error(told, as_json=_wants_json(arguments))
    sys.exit(told.exit_code)


def _wants_json(arguments: list[str]) -> bool:
    return "--format=json" in arguments or any(pair == ("--format", "json") for pair in itertools.pairwise(arguments))


if __name__ == "__main__":
    main()
