from labsim.api import Game as Game
from labsim.api import Panel as Panel
from labsim.api import load_scenario as load_scenario
from labsim.api import open as open
from labsim.api import run as run

__version__: str
