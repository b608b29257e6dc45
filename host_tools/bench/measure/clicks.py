"""How long after its command a valve has done half of its travel, from readings every 10 ms.

A valve's click is a step in the pressure beside it, far too quick for its moment to show in readings every
10 ms. But the moment varies by a millisecond or two from click to click, and the armature takes some
milliseconds to travel. So now and then a reading falls into the travel and shows a part of the step. Of
several clicks, those that were caught in travel and those that were not tell the moment together. Where no
reading ever falls into the travel, the answer is the middle of what is possible, with that width as its
deviation.
"""

from dataclasses import dataclass

import numpy as np

from soleus.core.basics.limits import TICK_MS

TRAVELS_MS = (2.0, 3.0, 4.0, 5.0)
JITTERS_MS = (0.5, 1.0, 2.0, 3.0)
GRID_MS = 0.25
MID_MS = np.arange(1.0, 70.0, GRID_MS)
STEP_NOISE = 0.05
# So many times a reading's noise: the levels before and after the step come from a few readings only.
LEVEL_NOISE = 1.3
# What small solenoid valves usually take [G], half of their travel included: it decides what readings can't.
USUAL_ENERGISED_MS, USUAL_LET_GO_MS, USUAL_SPREAD_MS = 11.5, 17.5, 3.0
# The share of a step by which a membrane with a lag of 2 to 4 ms is still behind after 10 ms.
BEHINDS = (0.01, 0.04, 0.08)
# The readings that show the pressure before the command, and after the valve has come to a stop.
BEFORE_TICKS, AFTER_TICKS = 8, (3, 11)
# ... and those in which the step must show.
LOOKED_TICKS = 8


@dataclass(frozen=True)
class Path:
    """How the step grows with the opening: resistances 1/K^2 of the valve, and of all else on the way."""

    rest: float
    valve: float

    def share(self, opening: np.ndarray) -> np.ndarray:
        """The part of the whole step that the readings show at this opening."""
        opening = np.clip(opening, 1e-3, 1.0)
        return (self.rest + self.valve) / (self.rest + self.valve / opening**2)


@dataclass(frozen=True)
class Click:
    """The part of the step seen at each reading after the command."""

    parts: np.ndarray
    step_mmhg: float
    noise_mmhg: float


def click_from(mmhg: np.ndarray, command: int, is_opening: bool) -> Click | None:
    """`command` is the tick that commanded the valve; None when there are too few readings around it."""
    first, last = AFTER_TICKS
    if command < BEFORE_TICKS or command + last >= len(mmhg):
        return None
    k, j = np.arange(-BEFORE_TICKS, 1), np.arange(1, last + 1)
    # A closed chamber keeps its pressure; that of an open one goes on changing.
    before = np.polyfit(k, mmhg[command + k], 0 if is_opening else 1)
    after = np.polyfit(j[first:], mmhg[command + j[first:]], 1 if is_opening else 0)
    step = float(np.polyval(after, 1.5) - np.polyval(before, 1.5))
    if abs(step) < 1e-6:
        return None
    noise_mmhg = float(np.std(mmhg[command + k] - np.polyval(before, k)))
    j = j[:LOOKED_TICKS]
    low, high = np.polyval(before, j), np.polyval(after, j)
    # A manifold with more pressure than the chamber makes the first reading too high.
    parts = np.clip((mmhg[command + j] - low) / (high - low), -1.0, 1.0)
    return Click(parts, step, noise_mmhg)


@dataclass(frozen=True)
class Clicks:
    """The clicks of one valve in one direction."""

    clicks: list[Click]
    path: Path
    is_opening: bool
    is_energising: bool


def moments_ms(valves: list[Clicks]) -> list[tuple[float, float]]:
    """The most likely moment of half travel of each valve, and its standard deviation.

    All the valves given together are taken to vary alike.
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
    """The prior has long tails, so that an unusual valve still shows."""
    usual_ms = USUAL_ENERGISED_MS if valve.is_energising else USUAL_LET_GO_MS
    return np.asarray(1.0 / (1.0 + ((MID_MS - usual_ms) / USUAL_SPREAD_MS) ** 2))


def _log_likely(valve: Clicks) -> np.ndarray:
    """Log likelihood by travel and membrane, jitter, and moment."""
    noise_mmhg = LEVEL_NOISE * float(np.median([click.noise_mmhg for click in valve.clicks]))
    rows = []
    for travel_ms in TRAVELS_MS:
        for behind in BEHINDS:
            shown = _shown(valve, travel_ms, behind)
            log_sum = np.zeros((len(JITTERS_MS), len(MID_MS)))
            for click in valve.clicks:
                noise = max(noise_mmhg / abs(click.step_mmhg), STEP_NOISE)
                off = (click.parts[:, None] - shown) / noise
                # A single reading may be wrong for other reasons; it must not decide alone.
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
