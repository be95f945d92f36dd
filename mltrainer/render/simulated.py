"""The mark of simulated data, which stands wherever figures made from them stand."""

from mltrainer.render.blocks import Line

SIMULATED = "SIMULATED"


def simulated_line() -> Line:
    """Return the line that stands above figures of simulated data."""
    return Line(f"{SIMULATED} data: these figures say nothing about any real market.", "simulated")
