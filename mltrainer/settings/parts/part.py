"""A part of the result document, and how it refuses what it does not know."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of the document. Unknown keys are refused, so that the schema stays the truth."""

    model_config = ConfigDict(frozen=True, extra="forbid")
