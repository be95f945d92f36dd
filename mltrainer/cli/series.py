"""``mltrainer data series``: what was published of a macro series by a day."""

import json as json_format
import sys
from datetime import date
from typing import Annotated

import typer

from mltrainer.cli.options import Home, Json, On, read_day
from mltrainer.cli.vendors import bar_store


def series(
    name: Annotated[str, typer.Argument(metavar="SERIES")], on: On = None, json: Json = False, home: Home = None
) -> int:
    """Show what was published of a macro series by a day, and what a trial of that day may use."""
    import numpy as np

    from mltrainer.data.stored import published_by, stored_macro

    day = read_day(on, "--on") if on else str(date.today())
    name = name.strip().upper()
    with bar_store(home) as store:
        published = published_by(store, name, day)
        macro = stored_macro(store)
        usable = float(macro.at(name, np.array([day], dtype="datetime64[D]"))[0]) if macro else float("nan")
        rule = macro.lag_note.get(name, "not usable") if macro else ""
    facts = {"series": name, "on": day} | published
    facts["usable"] = "none" if np.isnan(usable) else usable
    facts["rule"] = rule
    if json:
        print(json_format.dumps(facts))
        return 0
    from mltrainer.render.show import fact_blocks, show

    show(fact_blocks(facts), sys.stdout)
    return 0
