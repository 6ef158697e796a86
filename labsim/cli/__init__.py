"""What can be done from the command line? One thin command each, imported only when it is called."""

from __future__ import annotations

import importlib
import os
import sys
import traceback

import click

from labsim import __version__
from labsim.errors import LabsimError

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (module:command, one line of help); in the order in which help shows them
    "run": ("labsim.cli.run:run", "Play a scenario on policies or on a list of orders."),
    "list": ("labsim.cli.listing:listing", "List scenarios, labs, policies, chips, orders or variables."),
    "explain": ("labsim.cli.explain:explain", "Explain a variable, or why a figure changed."),
    "orders": ("labsim.cli.orders:orders", "Write a commented file of orders to fill in."),
    "scenario": ("labsim.cli.scenario:scenario", "Check and show scenario files."),
    "bench": ("labsim.cli.bench:bench", "Measure speed and size against the targets."),
    "selftest": ("labsim.cli.selftest:selftest", "Check that this installation is whole."),
}


class LazyGroup(click.Group):
    """A group that imports a command when it is named, so that no command pays for another's libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="labsim")
def group() -> None:
    """labsim: run an AI lab quarter by quarter, and see what each choice does before and after."""


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit code says how it went: 0 good, 1 the answer is no, 2 bad input or world, 3 our fault."""
    try:
        result = group.main(args=arguments, prog_name="labsim", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Abort:
        click.echo("stopped", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except LabsimError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        return error.exit_code
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
        return 130
    except BrokenPipeError:
        # The reader has gone (`labsim … | head`); nothing is wrong with us.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:
        traceback.print_exc()
        click.echo("This is a mistake of labsim itself; please report it with the lines above.", err=True)
        return 3
