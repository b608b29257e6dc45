"""What a page may ask for. Whatever else comes over the line is refused by these tables."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

PRESSES = ("start", "stop", "pause", "resume", "softer", "louder", "clear", "alive")
SPEEDS = ("1", "4", "16", "max")
Lane = Annotated[int, Field(ge=0, le=1)]
Name = Annotated[str, Field(max_length=200)]


class _Act(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    id: Annotated[int, Field(ge=0, le=1 << 31)] = 0
    # Of two machines side by side the one that is meant; null is both.
    lane: Lane | None = None


class Press(_Act):
    do: Literal["press"]
    button: Literal["start", "stop", "pause", "resume", "softer", "louder", "clear", "alive"]


class Hold(_Act):
    """A button at the machine, down or up."""

    do: Literal["hold"]
    button: Literal["start_stop", "softer", "louder", "stop"]
    is_down: bool


class Break(_Act):
    do: Literal["break"]
    fault: Name


class Mend(_Act):
    do: Literal["mend"]
    fault: Name


class Speed(_Act):
    do: Literal["speed"]
    speed: Literal["1", "4", "16", "max", "0"]


class Seek(_Act):
    do: Literal["seek"]
    at_ms: Annotated[int, Field(ge=0, le=1 << 40)]


class Anew(_Act):
    """A new session: what a person may choose for it."""

    do: Literal["anew"]
    program: Name
    minutes: Annotated[int, Field(ge=1, le=60)] | None = None
    pressure_mmhg: Annotated[int, Field(ge=1, le=120)] | None = None
    plant: Name
    seed: Annotated[int, Field(ge=0, le=1 << 31)] = 0
    size_percent: Annotated[int, Field(ge=60, le=160)] = 100
    softness_percent: Annotated[int, Field(ge=60, le=200)] = 100
    movements_per_min: Annotated[int, Field(ge=0, le=12)] = 0


class Answer(_Act):
    """To what a bench asks a person."""

    do: Literal["answer"]
    text: Name


class Repeat(_Act):
    """Asks for the command that repeats the session, and the same as a test."""

    do: Literal["repeat"]


class Past(_Act):
    """Asks for what was between two moments, thinned out to what a page can draw."""

    do: Literal["past"]
    from_ms: Annotated[int, Field(ge=0, le=1 << 40)]
    to_ms: Annotated[int, Field(ge=0, le=1 << 40)]


Act = Press | Hold | Break | Mend | Speed | Seek | Anew | Answer | Repeat | Past
ACTS: TypeAdapter[Act] = TypeAdapter(Annotated[Act, Field(discriminator="do")])
