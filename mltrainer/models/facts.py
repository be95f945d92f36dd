"""What the registry tells people and the AI about a model."""

import json
from typing import Any

from mltrainer.models.registry import MODELS


def model_facts(name: str) -> dict[str, Any]:
    """Return what the registry knows about a model."""
    entry = MODELS[name]
    facts = {
        "name": entry.name,
        "title": entry.title,
        "family": entry.family,
        "role": entry.role,
        "library": entry.library,
        "inputs": entry.inputs,
        "capabilities": entry.capabilities,
        "cost": entry.cost,
        "memory_mb": entry.memory_mb,
        "direction": entry.direction,
        "reference": entry.reference,
        "note": entry.note,
        "params": {
            key: {"default": param.default, "low": param.low, "high": param.high, "help": param.help}
            for key, param in entry.params.items()
        },
    }
    return json.loads(json.dumps(facts))
