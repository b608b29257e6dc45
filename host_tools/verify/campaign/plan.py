"""What a campaign runs: every component in every mode in every phase, latent pairs, and healthy sessions.

The same size and seed give the same plan on every computer. A trial says in which phase of the session its
fault begins, and how far into it. The time follows from a rehearsal without the fault (rehearsal.py), because
phases begin when the pump is done and not at set times.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

from host_tools.catalogue.boards import board_names, load_board
from host_tools.catalogue.programs import load_program, program_names
from host_tools.plant.faults import components
from host_tools.plant.files.on_board import has_bus
from host_tools.plant.files.spec import plant_names
from host_tools.plant.vocabulary import MODES, UNGUARDED
from soleus.core.basics.errors import SettingError
from soleus.core.basics.units import mmhg_from_pa
from soleus.core.program.fit import refuse_unfit

PHASES = ("check", "first fill", "fill", "hold", "release", "rest")

SINGLE = "single"
PAIR = "pair"
HEALTHY = "healthy"
# "One stuck valve or sensor, then one more": the first shows nothing until it is needed. A relief valve that
# sticks shows nothing ever, so what follows it is tried more often.
LATENT_KINDS = ("sensor", "valve", "relief")
RELIEF_TIMES = 3
LATENT_MODE = "stuck"
LATENT_PHASES = ("fill", "hold", "release", "rest")
DELAY_MOST_S = 12.0
# After its onset a fault is watched for more than a whole cycle. One round of all watches longer than any
# pressure may last, because a leak, or a chamber that isn't released, shows only slowly.
WATCH_S = 60.0
WATCH_LONG_S = 240.0
# People shift in their seat for a few seconds; that must not end a session.
MOVE_FROM_S, MOVE_LEAST_S, MOVE_MOST_S = 10.0, 2.0, 8.0
HEALTHY_S = 300.0
HEALTHY_EVENTS = ("", "pause", "softer", "louder", "pause and resume")


@dataclass(frozen=True)
class Size:
    """How much of all that could be tried is tried."""

    rounds: int  # of every component x mode x phase; 0: each kind and mode with one component and one phase
    pair_share: float
    healthy: int
    whole_sessions_every: int  # one in so many healthy sessions runs its full length
    machines_most: int  # for each board: a machine that is used again needs no second rehearsal


SIZES = {
    "smoke": Size(rounds=0, pair_share=0.004, healthy=24, whole_sessions_every=24, machines_most=8),
    "full": Size(rounds=6, pair_share=1.0, healthy=5000, whole_sessions_every=25, machines_most=1000),
}


@dataclass(frozen=True)
class Machine:
    """A program on a board with one draw of a plant."""

    program: str
    board: str
    plant: str
    pressure: int
    seed: int


@dataclass(frozen=True)
class Trial:
    """One session to be run; nothing else is needed to run it again."""

    number: int
    part: str  # SINGLE, PAIR or HEALTHY
    program: str
    board: str
    plant: str
    pressure: int
    seed: int
    component: str
    mode: str
    phase: str
    jitter: float  # 0 to 1: how far into the phase the fault begins
    watch_s: float  # so long after the onset a person presses stop; 0: the session runs its full length
    second: str = ""  # COMPONENT:MODE of the second fault of a pair
    delay_s: float = 0.0  # ... and how long after the first
    events: str = ""  # what a person does in a healthy session

    @property
    def machine(self) -> Machine:
        return Machine(self.program, self.board, self.plant, self.pressure, self.seed)

    @property
    def order(self) -> tuple[str | int, ...]:
        return self.part, self.program, self.board, self.plant, self.pressure, self.seed


def make_plan(size: str, seed: int) -> list[Trial]:
    """Trials of the same machine come one after the other, so that one rehearsal serves them all."""
    dice = random.Random(f"{size} {seed}")
    asked = SIZES[size]
    trials = [*_singles(asked, dice), *_pairs(asked, dice), *_healthy(asked, dice)]
    trials.sort(key=lambda trial: trial.order)
    return [replace(trial, number=number) for number, trial in enumerate(trials)]


def kind_of(component: str) -> str:
    """`valve.left.foot.fill` is a `valve.fill`; `sensor.manifold` is a kind of its own."""
    parts = component.split(".")
    if parts[0] == "valve":
        return f"valve.{parts[3]}" if len(parts) > 3 else "valve.three-way"
    return component if component in ("sensor.manifold", "") else parts[0]


@cache
def breakable(board: str) -> tuple[tuple[str, str], ...]:
    """Every component of a board with every mode in which it can fail, and which a guard is there for."""
    the_board = load_board(board)
    names = components(the_board.boots, has_bus(the_board.table))
    return tuple(
        (name, mode)
        for name in names
        for kind in name.split(".")[:1]
        for mode in MODES[kind]
        if the_board.boots.has_manifold_sensor_too or (kind, mode) not in UNGUARDED
    )


@cache
def pairings(board: str) -> tuple[tuple[str, str, str], ...]:
    """{a stuck valve or sensor} x {any other component in any mode}: first, second, mode of the second."""
    firsts = [name for name, mode in breakable(board) if mode == LATENT_MODE and _is_latent(name)]
    return tuple(
        (a, b, mode)
        for a, (b, mode) in product(firsts, breakable(board))
        if a != b and not _is_unseen(a, b, mode)
    )


def _is_unseen(first: str, second: str, mode: str) -> bool:
    """With the second opinion gone, nobody sees these."""
    return first == "sensor.manifold" and (second.split(".")[0], mode) in UNGUARDED


def _times(first: str) -> int:
    return RELIEF_TIMES if first == "relief" else 1


def _is_latent(component: str) -> bool:
    return component.split(".")[0] in LATENT_KINDS


def _singles(size: Size, dice: random.Random) -> Iterator[Trial]:
    for board in board_names():
        machines = _Machines(board, dice, size.machines_most)
        for round_number in range(max(size.rounds, 1)):
            watch_s = WATCH_LONG_S if round_number == size.rounds - 1 else WATCH_S
            combinations = (
                list(product(breakable(board), PHASES)) if size.rounds else _one_of_each(board, dice)
            )
            dice.shuffle(combinations)
            for (component, mode), phase in combinations:
                yield _trial(machines.next(), SINGLE, component, mode, phase, dice, watch_s)


def _one_of_each(board: str, dice: random.Random) -> list[tuple[tuple[str, str], str]]:
    by_kind: dict[tuple[str, str], list[str]] = {}
    for component, mode in breakable(board):
        by_kind.setdefault((kind_of(component), mode), []).append(component)
    return [((dice.choice(some), mode), dice.choice(PHASES)) for (_, mode), some in by_kind.items()]


def _pairs(size: Size, dice: random.Random) -> Iterator[Trial]:
    for board in board_names():
        machines = _Machines(board, dice, size.machines_most)
        every = [pair for pair in pairings(board) for _ in range(_times(pair[0]))]
        for first, second, mode in dice.sample(every, round(len(every) * size.pair_share)):
            phase = dice.choice(LATENT_PHASES)
            trial = _trial(machines.next(), PAIR, first, LATENT_MODE, phase, dice, WATCH_S)
            # Often so close together that the first has not been noticed yet.
            delay_s = round(DELAY_MOST_S * dice.random() ** 2, 2)
            yield replace(trial, second=f"{second}:{mode}", delay_s=delay_s)


def _healthy(size: Size, dice: random.Random) -> Iterator[Trial]:
    boards = board_names()
    machines = {board: _Machines(board, dice, size.machines_most) for board in boards}
    for index in range(size.healthy):
        board = boards[index % len(boards)]
        machine = replace(machines[board].next(), seed=index + 1)
        watch_s = 0.0 if index % size.whole_sessions_every == 0 else HEALTHY_S
        trial = _trial(machine, HEALTHY, "", "", "", dice, watch_s)
        yield replace(trial, events=dice.choice(HEALTHY_EVENTS))


def _trial(
    machine: Machine, part: str, component: str, mode: str, phase: str, dice: random.Random, watch_s: float
) -> Trial:
    jitter = dice.randrange(10_000) / 10_000
    return Trial(
        0, part, **vars(machine), component=component, mode=mode, phase=phase, jitter=jitter, watch_s=watch_s
    )


class _Machines:
    """All programs that a board can run, on all plants, over and over, each time with another draw."""

    def __init__(self, board: str, dice: random.Random, most: int) -> None:
        pairs = list(product(_programs_for(board), plant_names()))
        dice.shuffle(pairs)
        self._all = [
            Machine(
                program, board, plant, dice.choice(_pressures(program, board)), dice.randrange(1, 100_000)
            )
            for program, plant in pairs[:most]
        ]
        self._next = 0

    def next(self) -> Machine:
        self._next += 1
        return self._all[(self._next - 1) % len(self._all)]


@cache
def _programs_for(board: str) -> tuple[str, ...]:
    return tuple(program for program in program_names() if _fits(program, board))


def _fits(program: str, board: str) -> bool:
    try:
        refuse_unfit(load_program(program), load_board(board).boots)
    except SettingError:
        return False
    return True


@cache
def _pressures(program: str, board: str) -> tuple[int, ...]:
    """The gentlest, the usual and, twice as often, the firmest that the program has on this board."""
    span, boots = load_program(program).pressure_mmhg, load_board(board).boots
    most = min(span.most, mmhg_from_pa(load_program(program).level_most_pa(boots)))
    return span.least, span.start, most, most
