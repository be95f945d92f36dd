"""``mltrainer data import``: take over bars and the membership of the index."""

import json as json_format
import sys
from pathlib import Path
from typing import Annotated

import typer

from mltrainer.cli.options import Home, Json
from mltrainer.settings.errors import UsageError

Bars = Annotated[Path | None, typer.Argument(help="daily bars: a file, or a folder of files", metavar="FILE_OR_DIR")]
Membership = Annotated[
    Path | None, typer.Option(help="who was in the S&P 500 when: ticker, start_date, end_date", metavar="FILE")
]


def import_data(bars: Bars = None, membership: Membership = None, json: Json = False, home: Home = None) -> int:
    """Take over bars (Yahoo, Kaggle, Stooq, CSV, Parquet) and say what was understood."""
    if (bars is None) == (membership is None):
        raise UsageError("give either bars or --membership", hint="mltrainer data import FILE_OR_DIR")
    from mltrainer.data.importing import import_bars, import_membership
    from mltrainer.store.home import home_folder

    folder = home_folder(home)
    facts = import_bars(bars.absolute(), folder) if bars else import_membership(membership.absolute(), folder)  # type: ignore[union-attr]
    if json:
        print(json_format.dumps(facts))
        return 0
    from mltrainer.render.show import fact_blocks, show

    show(fact_blocks(facts), sys.stdout)
    return 0
