"""The same physics written a second time, in the plain slow way, to compare the plant with.

Everything is an ordinary differential equation here, marched with classical Runge-Kutta at 0.05 ms:
no implicit manifold, no skipped work, no slow and fast parts. Pressures come from chords and the
junction behind a valve from false position, so that nothing here relies on the plant's Newton iterations.
"""

# ruff: noqa: ANN001, ANN202 (Numba finds the types)

import math
from typing import Any

import numba
import numpy as np

AMBIENT = 760.0
STEP_S = 0.00005
TICK_S = 0.01


def oracle(plant: Any, fill_bits: np.ndarray, seal_bits: np.ndarray, duty: np.ndarray) -> np.ndarray:
    """True chamber pressures (and the manifold's, in the last column) after each tick of these commands.

    `plant` is a freshly drawn one: its numbers are read, it is not run. Its valves must have no jitter,
    its legs must be still, and its battery ideal.
    """
    c, v = plant.chambers, plant.valves
    laws = np.array([c.dead_ml, c.slack_ml, c.per_slack_mmhg, c.compliance, c.leak])
    slow = np.array(
        [
            *(c.creep_full, _tick_rate(c.creep_rate), c.blood_ml),
            *(c.slow_creep_full, _tick_rate(c.slow_creep_rate)),
        ]
    )
    cloth = np.array([c.cloth.give_ml_mmhg, c.cloth.half_mmhg])
    rates = np.array(
        [
            _tick_rate(c.blood_out_rate),
            _tick_rate(c.blood_back_rate),
            -math.log(c.cooling) / TICK_S,
            c.heat_share,
        ]
    )
    p, m = plant.pump, plant.manifold
    volts = plant.supply.terminal_v / p.nominal_v
    pump = np.array(
        [p.free_flow_ml_s, p.per_stall_mmhg, p.time_constant_ms * 0.001, p.ripple, p.ripple_hz, volts]
    )
    manifold = np.array([m.volume_ml, m.leak, m.relief_mmhg, m.relief_k])
    pushes = np.array([c.from_below, c.from_above])
    times_s = np.array([v.on_ms, v.off_ms, v.travel_ms, v.stick_ms]) * 0.001
    conductances = np.array([v.full_fill_k, v.full_vent_k, plant.hoses.hose_k])
    neighbours = np.array([c.below, c.above])
    bits = np.array([fill_bits, seal_bits], np.int64)
    return _march(
        laws,
        slow,
        rates,
        pump,
        manifold,
        pushes,
        neighbours,
        times_s,
        conductances,
        v.is_three_way,
        bits,
        duty * 0.001,
        cloth,
        plant.hoses.volume_ml,
    )


def _tick_rate(share: Any) -> Any:
    return -np.log(1.0 - np.asarray(share)) / TICK_S


@numba.njit
def _march(
    laws,
    slow,
    rates,
    pump,
    manifold,
    pushes,
    neighbours,
    times_s,
    conductances,
    is_three_way,
    bits,
    duty,
    cloth,
    hose_ml,
):
    n, ticks, valves = laws.shape[1], bits.shape[1], times_s.shape[1]
    # The state: air, creep, blood squeezed out and warmth of each chamber; manifold air, pump speed, phase;
    # then the slow creep of each chamber, and the air in its hose.
    state = np.zeros(6 * n + 3)
    state[:n] = laws[0]
    state[4 * n] = manifold[0]
    state[5 * n + 3 :] = hose_ml
    stretched, plays = np.zeros(n), np.zeros((3, n))
    changed = np.full(valves, -1e9)
    guess = np.zeros(n)
    place, goal, wanted = np.zeros(valves), np.zeros(valves), np.zeros(valves)
    due = np.full(valves, 1e9)
    found = np.zeros((ticks, n + 1))
    steps = round(TICK_S / STEP_S)
    k1, k2, k3, k4 = np.zeros_like(state), np.zeros_like(state), np.zeros_like(state), np.zeros_like(state)
    for tick in range(ticks):
        for valve in range(valves):
            kind = valve // n
            command = float((bits[kind, tick] >> (valve % n)) & 1)
            if command != wanted[valve]:
                wanted[valve] = command
                latency = times_s[0, valve] if command > 0.5 else times_s[1, valve]
                rested = tick * TICK_S - changed[valve]
                latency += times_s[3, valve] * rested / (rested + 5.0)
                changed[valve] = tick * TICK_S
                due[valve] = 1e9 if command == goal[valve] else tick * TICK_S + latency
        for step in range(steps):
            now = tick * TICK_S + step * STEP_S
            before = place.copy()
            for valve in range(valves):
                if now >= due[valve] - 0.5 * STEP_S:
                    goal[valve] = wanted[valve]
                    due[valve] = 1e9
                reach = STEP_S / times_s[2, valve]
                place[valve] += min(max(goal[valve] - place[valve], -reach), reach)
            middle = 0.5 * (before + place)
            args = (
                laws,
                slow,
                rates,
                pump,
                manifold,
                pushes,
                neighbours,
                conductances,
                is_three_way,
                duty[tick],
                guess,
                stretched,
                hose_ml,
            )
            _slopes(state, before, k1, *args)
            _slopes(state + 0.5 * STEP_S * k1, middle, k2, *args)
            _slopes(state + 0.5 * STEP_S * k2, middle, k3, *args)
            _slopes(state + STEP_S * k3, place, k4, *args)
            state += STEP_S / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
            if cloth[0].max() > 0.0:
                _pressures(state, laws, pushes, neighbours, guess, stretched)
                _stretch(guess, cloth, plays, stretched)
        _pressures(state, laws, pushes, neighbours, guess, stretched)
        found[tick, :n] = guess
        found[tick, n] = (state[4 * n] / manifold[0] - 1.0) * AMBIENT
    return found


@numba.njit
def _slopes(
    state,
    place,
    out,
    laws,
    slow,
    rates,
    pump,
    manifold,
    pushes,
    neighbours,
    conductances,
    is_three_way,
    duty,
    guess,
    stretched,
    hose_ml,
):
    n = laws.shape[1]
    _pressures(state, laws, pushes, neighbours, guess, stretched)
    manifold_mmhg = (state[4 * n] / manifold[0] - 1.0) * AMBIENT
    speed, phase = state[4 * n + 1], state[4 * n + 2] % 1.0
    turn = 2.0 * phase - 1.0
    free = pump[0] * speed * (1.0 + pump[3] * 4.0 * turn * (1.0 - abs(turn)))
    manifold_gain = free * max(0.0, 1.0 - manifold_mmhg * pump[1]) - manifold[1] * manifold_mmhg
    if manifold_mmhg > manifold[2]:
        manifold_gain -= _flow(manifold[3], manifold_mmhg - manifold[2])
    for i in range(n):
        p = guess[i]
        vent_place = place[i] if is_three_way else place[i + n]
        fill_k = conductances[0, i] * place[i]
        vent_k = conductances[1, i] * (1.0 - vent_place)
        if hose_ml > 0.0:
            node = (state[5 * n + 3 + i] / hose_ml - 1.0) * AMBIENT
            taken = _flow(fill_k, manifold_mmhg - node)
            gained = _flow(conductances[2, i], node - p)
            out[5 * n + 3 + i] = taken - gained - _flow(vent_k, node)
        else:
            taken, gained = _junction(manifold_mmhg, p, fill_k, vent_k, conductances[2, i])
        manifold_gain -= taken
        out[4 * n + 3 + i] = (slow[3, i] * p - state[4 * n + 3 + i]) * slow[4, i]
        out[i] = gained - laws[4, i] * p
        out[n + i] = (slow[0, i] * p - state[n + i]) * slow[1, i]
        pressed = max(0.0, p)
        squeeze = slow[2, i] * pressed / (pressed + 30.0) - state[2 * n + i]
        out[2 * n + i] = squeeze * (rates[0] if squeeze > 0.0 else rates[1])
        heat = state[3 * n + i]
        carried = rates[3] * gained if gained > 0.0 else heat * gained / state[i]
        out[3 * n + i] = carried - rates[2] * heat
    out[4 * n] = manifold_gain
    out[4 * n + 1] = (duty * pump[5] - speed) / pump[2]
    out[4 * n + 2] = pump[4] * speed


@numba.njit
def _flow(k, drop):
    return k * drop / math.sqrt(math.sqrt(drop * drop + 0.04)) if k > 0.0 else 0.0


@numba.njit
def _junction(manifold_mmhg, p, fill_k, vent_k, hose_k):
    """What leaves the manifold and what the chamber gains, at the pressure that balances the junction.

    The chord between both ends of a range that holds the pressure gives the next end of it. An end that
    stays twice counts for half, or it would stay for ever (the Illinois method).
    """
    if fill_k == 0.0 and vent_k == 0.0:
        return 0.0, 0.0
    low, high = min(0.0, min(p, manifold_mmhg)), max(0.0, max(p, manifold_mmhg))
    over_low = _excess(low, manifold_mmhg, p, fill_k, vent_k, hose_k)
    over_high = _excess(high, manifold_mmhg, p, fill_k, vent_k, hose_k)
    node, stayed = low, 0
    for _ in range(60):
        if over_low == over_high or high - low < 1e-9:
            break
        node = (low * over_high - high * over_low) / (over_high - over_low)
        over = _excess(node, manifold_mmhg, p, fill_k, vent_k, hose_k)
        if abs(over) < 1e-9:
            break
        if over > 0.0:
            low, over_low = node, over
            over_high *= 0.5 if stayed == 1 else 1.0
            stayed = 1
        else:
            high, over_high = node, over
            over_low *= 0.5 if stayed == -1 else 1.0
            stayed = -1
    return _flow(fill_k, manifold_mmhg - node), _flow(hose_k, node - p)


@numba.njit
def _excess(node, manifold_mmhg, p, fill_k, vent_k, hose_k):
    """What flows into the junction, less what flows out of it."""
    return _flow(fill_k, manifold_mmhg - node) - _flow(vent_k, node) - _flow(hose_k, node - p)


@numba.njit
def _stretch(pressures, cloth, plays, stretched):
    """The cloth's three plays: each is dragged along by the pressure at either end of its width."""
    for i in range(len(pressures)):
        for k in range(3):
            width = cloth[1, i] * (k + 1) / 3.0
            if plays[k, i] < pressures[i] - width:
                plays[k, i] = pressures[i] - width
            elif plays[k, i] > pressures[i] + width:
                plays[k, i] = pressures[i] + width
        stretched[i] = cloth[0, i] * plays[:, i].mean()


@numba.njit
def _pressures(state, laws, pushes, neighbours, guess, stretched):
    """All chambers at once: neighbours push on each other, so sweep until nothing changes."""
    n = laws.shape[1]
    for _ in range(50):
        change = 0.0
        for i in range(n):
            push = pushes[0, i] * guess[neighbours[0, i]] + pushes[1, i] * guess[neighbours[1, i]]
            room = laws[1, i] + state[n + i] + state[2 * n + i] + state[4 * n + 3 + i] + stretched[i] - push
            p = _pressure(state[i] + state[3 * n + i], laws[0, i], room, laws[2, i], laws[3, i], guess[i])
            change = max(change, abs(p - guess[i]))
            guess[i] = p
        if change < 1e-9:
            return


@numba.njit
def _pressure(air, dead, room, per_slack, compliance, near):
    """The chord through the two last guesses: from step to step too little changes for it to go astray."""
    last, here = near - 0.01, near
    missing_last = air - _air(last, dead, room, per_slack, compliance)
    for _ in range(60):
        missing = air - _air(here, dead, room, per_slack, compliance)
        if abs(missing) < 1e-9:
            return here
        here, last, missing_last = here - missing * (here - last) / (missing - missing_last), here, missing
    return math.nan


@numba.njit
def _air(p, dead, room, per_slack, compliance):
    return (1.0 + p / AMBIENT) * (dead + room * (1.0 - math.exp(-p * per_slack)) + compliance * p)
