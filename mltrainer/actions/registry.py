"""The actions of the system: the one list from which tools, commands, options, detection and tables are made."""

from dataclasses import dataclass
from typing import Literal

from mltrainer.settings import arguments
from mltrainer.settings.arguments import Arguments
from mltrainer.settings.errors import UsageError


@dataclass(frozen=True)
class Action:
    """Something the system can do.

    Parameters
    ----------
    name
        Registry id in snake case.
    arguments
        The pydantic model of its arguments; its docstring is the action's help.
    kind
        ``trial`` needs the user's approval and runs in the worker; ``task`` needs it as well, but is no trial: it
        writes or fetches; ``settings`` is shown as a diff; ``lookup`` only reads and runs at once.
    named_only
        Runs without asking only where the user named it: approving everything does not cover it.
    """

    name: str
    arguments: type[Arguments]
    kind: Literal["trial", "task", "settings", "lookup"]
    named_only: bool = False

    @property
    def needs_approval(self) -> bool:
        """Tell whether the user must agree before it runs."""
        return self.kind in ("trial", "task")

    @property
    def summary(self) -> str:
        """Return the first line of the help."""
        return (self.arguments.__doc__ or "").strip().splitlines()[0]


ACTIONS: dict[str, Action] = {
    action.name: action
    for action in (
        Action("momentum_screening", arguments.MomentumScreening, "trial"),
        Action("regime_detection", arguments.RegimeDetection, "trial"),
        Action("model_execution", arguments.ModelExecution, "trial"),
        Action("walk_forward_test", arguments.WalkForwardTest, "trial"),
        Action("model_comparison", arguments.ModelComparison, "trial"),
        Action("hyperparameter_search", arguments.HyperparameterSearch, "trial"),
        Action("deep_analysis", arguments.DeepAnalysis, "trial"),
        Action("promote", arguments.Promote, "trial", named_only=True),
        Action("data_pipeline", arguments.DataPipeline, "task"),
        Action("save_results", arguments.SaveResults, "task"),
        Action("adjust_settings", arguments.AdjustSettings, "settings"),
        Action("select_models", arguments.SelectModels, "settings"),
        Action("show_results", arguments.ShowResults, "lookup"),
        Action("show_predictions", arguments.ShowPredictions, "lookup"),
        Action("list_models", arguments.ListModels, "lookup"),
        Action("system_status", arguments.SystemStatus, "lookup"),
    )
}


def find_action(name: str) -> Action:
    """Return the action of this name; hyphens equal underscores.

    Raises
    ------
    UsageError
        If there is none; the message names the nearest.
    """
    import difflib

    key = name.strip().lower().replace("-", "_")
    if key in ACTIONS:
        return ACTIONS[key]
    near = difflib.get_close_matches(key, ACTIONS, n=1)
    raise UsageError(
        f"there is no action {name!r}",
        hint=f"did you mean {near[0]}?" if near else f"known actions: {', '.join(ACTIONS)}",
        code="unknown_action",
    )
