"""What can be done from the command line? One thin command each, imported only when it is called."""

from __future__ import annotations

import importlib
import os
import sys
import traceback

import click

from labsim import __version__
from labsim.errors import BadInput, LabsimError, Problem, did_you_mean

MOST_PROBLEMS = 100

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (module:command, one line of help); in the order in which help shows them
    "play": ("labsim.cli.play:play", "Open the desktop."),
    "run": ("labsim.cli.run:run", "Play a scenario on policies or on a list of orders."),
    "resume": ("labsim.cli.games:resume", "Play a saved game on."),
    "tree": ("labsim.cli.games:tree", "Show the branches of a saved game."),
    "fork": ("labsim.cli.games:fork", "Begin a branch of a saved game at an earlier quarter."),
    "diff": ("labsim.cli.games:diff", "Show in what two branches differ."),
    "info": ("labsim.cli.games:info", "Show what game is in a file."),
    "games": ("labsim.cli.games:games", "List, copy, rename or delete saved games."),
    "export": ("labsim.cli.export:export_command", "Write saved games as tables for pandas, R, DuckDB or Excel."),
    "verify": ("labsim.cli.verify:verify", "Play saved games again and compare every number."),
    "salvage": ("labsim.cli.verify:salvage", "Recover what can be of a damaged game."),
    "forecast": ("labsim.cli.forecast:forecast", "Show what usually happens after some orders."),
    "batch": ("labsim.cli.batch:batch", "Play a scenario many times and keep quantiles."),
    "list": ("labsim.cli.listing:listing", "List scenarios, labs, policies, chips, orders, variables or figures."),
    "explain": ("labsim.cli.explain:explain", "Explain a variable, or why a figure changed."),
    "orders": ("labsim.cli.orders:orders", "Write a commented file of orders to fill in."),
    "scenario": ("labsim.cli.scenario:scenario", "Check and show scenario files."),
    "estimate": ("labsim.cli.estimate:estimate", "Estimate a training run, serving, or the optimal design."),
    "backtest": ("labsim.cli.backtest:backtest", "Compare the engine with published figures."),
    "balance": ("labsim.cli.balance:balance", "Measure that choices matter and no strategy dominates."),
    "bench": ("labsim.cli.bench:bench", "Measure speed and size against the targets."),
    "selftest": ("labsim.cli.selftest:selftest", "Check that this installation is whole."),
}


class LazyGroup(click.Group):
    """A group that imports a command when it is named, so that no command pays for another's libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            hint = did_you_mean(cmd_name, COMMANDS)
            remedy = f"see `labsim --help`;{hint}".rstrip(";")
            raise BadInput(Problem("labsim", f'unknown command "{cmd_name}"', remedy))
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="labsim")
@click.pass_context
def group(context: click.Context) -> int:
    """labsim: run an AI lab quarter by quarter, and see what each choice does before and after.

    Without a command the desktop is opened.
    """
    if context.invoked_subcommand is not None:
        return 0
    opened: int = context.invoke(LazyGroup.get_command(group, context, "play"))  # type: ignore[arg-type]
    return opened


def _problem(error: click.ClickException) -> Problem:
    """A mistake in the command line, said as every other problem is."""
    context = getattr(error, "ctx", None)
    where = context.command_path if context else "labsim"
    remedy = f"see `{where} --help`"
    if isinstance(error, click.NoSuchOption):
        known = [name for item in context.command.params for name in item.opts] if context else []
        hint = did_you_mean(error.option_name, known)
        return Problem(where, f'unknown option "{error.option_name}"', f"{remedy};{hint}".rstrip(";"))
    if isinstance(error, click.BadParameter) and isinstance(error.param, click.Option):
        return Problem(f"{where} {error.param.opts[0]}", error.message.strip().rstrip("."), remedy)
    return Problem(where, error.format_message().strip().rstrip("."), remedy)


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit code says how it went: 0 good, 1 the answer is no, 2 bad input or world, 3 our fault."""
    try:
        result = group.main(args=arguments, prog_name="labsim", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Abort:
        click.echo("stopped", err=True)
        return 130
    except click.ClickException as error:
        click.echo(str(_problem(error)), err=True)
        return 2
    except LabsimError as error:
        for problem in error.problems[:MOST_PROBLEMS]:
            click.echo(str(problem), err=True)
        if len(error.problems) > MOST_PROBLEMS:
            click.echo(f"and {len(error.problems) - MOST_PROBLEMS} more problems", err=True)
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
