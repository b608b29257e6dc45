"""How long after its command a valve has done half of its travel, from readings every 10 ms.

A valve's click is a step in the pressure beside it: far too quick for one reading every 10 ms to show
its moment. But a valve is not the same each time: its armature's moment varies by a millisecond or two,
and takes some to travel, so that now and then a reading falls into the travel itself and shows a part of
the step. Of several clicks, those that were caught and those that were not together tell the moment. Where
no reading ever falls into the travel the answer is the middle of what is possible, and says how wide
that is.
"""

from dataclasses import dataclass

import numpy as np

from soleus.core.basics.limits import TICK_MS

TRAVELS_MS = (2.0, 3.0, 4.0, 5.0)
JITTERS_MS = (0.5, 1.0, 2.0, 3.0)
GRID_MS = 0.25
MID_MS = np.arange(1.0, 70.0, GRID_MS)
STEP_NOISE = 0.05
# Levels before and after are known from a few readings only.
LEVEL_NOISE = 1.3
# Where readings leave it open: what small solenoid valves usually take [G], half of their travel included.
USUAL_ENERGISED_MS, USUAL_LET_GO_MS, USUAL_SPREAD_MS = 11.5, 17.5, 3.0
# After 10 ms a membrane that follows within 2 to 4 ms is so much behind.
BEHINDS = (0.01, 0.04, 0.08)
# Readings that show how it was before, and how it was once the valve stood still.
BEFORE_TICKS, AFTER_TICKS = 8, (3, 11)
# ... and those in which the moment must show.
LOOKED_TICKS = 8


@dataclass(frozen=True)
class Path:
    """How the step grows with the opening: `rest` and `valve` are resistances 1/K^2 of what is in its way."""

    rest: float
    valve: float

    def share(self, opening: np.ndarray) -> np.ndarray:
        """The part of the whole step that shows at this opening."""
        opening = np.clip(opening, 1e-3, 1.0)
        return (self.rest + self.valve) / (self.rest + self.valve / opening**2)


@dataclass(frozen=True)
class Click:
    """The part of the step seen at each reading after the command."""

    parts: np.ndarray
    step_mmhg: float
    noise_mmhg: float


def click_from(mmhg: np.ndarray, command: int, is_opening: bool) -> Click | None:
    """`command` is the tick that gave it; None when there are too few readings around."""
    first, last = AFTER_TICKS
    if command < BEFORE_TICKS or command + last >= len(mmhg):
        return None
    k, j = np.arange(-BEFORE_TICKS, 1), np.arange(1, last + 1)
    # A closed chamber keeps its pressure, an open one moves on.
    before = np.polyfit(k, mmhg[command + k], 0 if is_opening else 1)
    after = np.polyfit(j[first:], mmhg[command + j[first:]], 1 if is_opening else 0)
    step = float(np.polyval(after, 1.5) - np.polyval(before, 1.5))
    if abs(step) < 1e-6:
        return None
    noise_mmhg = float(np.std(mmhg[command + k] - np.polyval(before, k)))
    j = j[:LOOKED_TICKS]
    low, high = np.polyval(before, j), np.polyval(after, j)
    # A manifold that was fuller than the chamber behind it makes the first reading too high.
    parts = np.clip((mmhg[command + j] - low) / (high - low), -1.0, 1.0)
    return Click(parts, step, noise_mmhg)


@dataclass(frozen=True)
class Clicks:
    """Of one valve, one way."""

    clicks: list[Click]
    path: Path
    is_opening: bool
    is_energising: bool


def moments_ms(valves: list[Clicks]) -> list[tuple[float, float]]:
    """Of each valve the most likely moment of half travel, and its standard deviation.

    How much a valve varies is taken to be alike for all that are given together.
    """
    log_likely = [_log_likely(valve) for valve in valves]
    priors = [_usual(valve) for valve in valves]
    log_likelihood = sum(np.log(np.exp(log - log.max()).mean(axis=(0, 2))) + log.max() for log in log_likely)
    jitter_weight = np.exp(log_likelihood - np.max(log_likelihood))
    found = []
    for log, prior in zip(log_likely, priors, strict=True):
        weight = (np.exp(log - log.max()) * jitter_weight[None, :, None]).sum(axis=(0, 1)) * prior
        weight /= weight.sum()
        mean = float((MID_MS * weight).sum())
        found.append((mean, float(np.sqrt((weight * (MID_MS - mean) ** 2).sum()))))
    return found


def _usual(valve: Clicks) -> np.ndarray:
    """With long tails: a valve that isn't usual is to be found, not to be talked away."""
    usual_ms = USUAL_ENERGISED_MS if valve.is_energising else USUAL_LET_GO_MS
    return np.asarray(1.0 / (1.0 + ((MID_MS - usual_ms) / USUAL_SPREAD_MS) ** 2))


def _log_likely(valve: Clicks) -> np.ndarray:
    """By travel and membrane, jitter, and moment."""
    noise_mmhg = LEVEL_NOISE * float(np.median([click.noise_mmhg for click in valve.clicks]))
    rows = []
    for travel_ms in TRAVELS_MS:
        for behind in BEHINDS:
            shown = _shown(valve, travel_ms, behind)
            log_sum = np.zeros((len(JITTERS_MS), len(MID_MS)))
            for click in valve.clicks:
                noise = max(noise_mmhg / abs(click.step_mmhg), STEP_NOISE)
                off = (click.parts[:, None] - shown) / noise
                # A reading may be off for reasons of its own; it must not decide alone.
                likely = np.exp(-0.5 * np.minimum(off**2, 16.0).sum(axis=0))
                for n, jitter_ms in enumerate(JITTERS_MS):
                    width = round(2 * jitter_ms / GRID_MS) | 1
                    log_sum[n] += np.log(np.convolve(likely, np.ones(width) / width, mode="same") + 1e-9)
            rows.append(log_sum)
    return np.array(rows)


def _shown(valve: Clicks, travel_ms: float, behind: float) -> np.ndarray:
    """The part of the step at each reading, for each moment of half travel."""
    at_ms = TICK_MS * np.arange(1, LOOKED_TICKS + 1)
    travelled = np.clip((at_ms[:, None] - MID_MS) / travel_ms + 0.5, 0.0, 1.0)
    share = valve.path.share
    shown = share(travelled) if valve.is_opening else 1.0 - share(1.0 - travelled)
    shown = np.where(travelled <= 0.0, 0.0, np.where(travelled >= 1.0, 1.0, shown))
    for k in range(len(shown)):
        before = shown[k - 1] if k else 0.0
        shown[k] += (before - shown[k]) * behind
    return np.asarray(shown)
