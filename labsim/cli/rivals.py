"""How is the skill of rivals said on the command line? One option for every command that plays."""

from __future__ import annotations

import click

SKILLS = ("slow", "normal", "sharp")
"""The tables of ``assets/rivals.toml``; written out, so that help opens no file."""

rivals_option = click.option(
    "--rivals", type=click.Choice(SKILLS), help="How well the other labs play.  [default: as the scenario says]"
)
