"""How does a new scenario begin? With a commented file that can be checked and played at once."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

from labsim.errors import BadInput, BadWorld, Problem
from labsim.formats import quarter_name
from labsim.model.exogenous import generation_on_sale
from labsim.resources import asset_text
from labsim.scenario import load_scenario

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


def template(name: str, base: str) -> str:
    """The text of a new scenario on a bundled one. Raises BadInput for a name that is none, and an unknown base."""
    if not _NAME.fullmatch(name):
        what = f'"{name[:60]}" is no name of a scenario'
        raise BadInput(Problem("labsim scenario new", what, "use small letters, digits and hyphens"))
    loaded = load_scenario(base)
    chips = loaded.params.chips
    return Template(asset_text("scenario_template.toml")).substitute(
        name=name,
        base=base,
        title=name.replace("-", " ").capitalize(),
        start=quarter_name(loaded.start),
        last=quarter_name(loaded.start + loaded.params.reserve_term - 1),
        chip=chips.names[generation_on_sale(loaded.start - 1, chips.launch)],
        quarters=loaded.quarters,
        seat=loaded.default_seat,
    )


def write_new(name: str, base: str, folder: Path) -> Path:
    """Write the file. Raises BadInput as `template` does; BadWorld where there is such a file or none can be made."""
    text, path = template(name, base), folder / f"{name}.toml"
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise BadWorld(Problem(str(path), "there is such a file already", "choose another name")) from error
    except OSError as error:
        raise BadWorld(Problem(str(path), f"it cannot be written ({error.strerror})", "check the folder")) from error
    return path
