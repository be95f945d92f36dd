"""What the user approves: every argument of an action, and where its value comes from."""

from mltrainer.actions.proposals import from_event
from mltrainer.render.blocks import Block, Column, Grid, Line
from mltrainer.render.settings_diff import change_line
from mltrainer.render.simulated import SIMULATED
from mltrainer.settings.events import ProposalMade

_STYLE = {"stated": "accent", "adjusted": "", "default": "dim"}
# What decides a trial stands in the table even where nobody stated it; other defaults are one text below.
_DECIDES = ("models", "horizon", "target_return", "confidence_threshold", "universe")


def proposal_blocks(event: ProposalMade, *, simulated: bool = False, sentence: str = "") -> list[Block]:
    """Return a proposal as blocks: nothing that will run is left out or shortened.

    Parameters
    ----------
    simulated
        Whether it would run on simulated data.
    sentence
        What the target event means in words, where it is known.
    """
    from mltrainer.actions.describe import proposal_rows

    name = event.action.replace("_", " ")
    changes: list[Block] = [Line(f"Changes {change_line(name, *pair)}", "warn") for name, pair in event.changes.items()]
    if not event.needs_approval:
        # It runs nothing and takes effect with the trial that follows, whose table has every argument.
        return [Line(f"Change proposed {event.id}: {name}", "title"), *changes]
    # What is fetched is real, whatever the conversation is on.
    mark = f" on {SIMULATED} data" if simulated and event.action != "data_pipeline" else ""
    blocks: list[Block] = [Line(f"Proposal {event.id}: {name}{mark}", "title")]
    if sentence:
        blocks.append(Line(f"Event: {sentence}"))
    blocks += changes
    blocks += [Line(f"{one[0].upper()}{one[1:]}.", "warn") for one in event.outlook]
    rows = proposal_rows(from_event(event))
    if shown := [list(row) for row in rows if row.origin != "default" or row.name in _DECIDES]:
        columns = (Column("parameter", 0), Column("value", 1, wrap=True), Column("origin", 2, initials=True))
        blocks.append(Grid(columns, shown, [_STYLE.get(row[2], "") for row in shown]))
    if others := [f"{row.name} {row.value}" for row in rows if list(row) not in shown]:
        blocks.append(Line(f"Defaults: {'; '.join(others)}.", "dim"))
    return blocks
