"""What can break and how, in words; and how much, where a mode has a size."""

MODES: dict[str, dict[str, str]] = {
    "sensor": {
        "off": "unplugged: reads its electrical floor, or gives nothing where sensors are on a bus",
        "stuck": "keeps showing its last reading",
        "garbage": "shows anything within its range",
        "wrong": "shows 0.8 of the pressure",
        "slow": "follows with a lag of 1 s",
        "delayed": "shows the pressure of 200 ms ago",
        "intermittent": "loose plug: off for about half of the time, in spells of 100 ms",
        "dead": "no longer follows: its own noise about the last value, which drifts by 1 mmHg a minute",
        "half": "shows half of the pressure, above the same zero",
        "float": "its input hangs in the air: wanders from the last value, with four times the noise",
        "tube-off": "its tube has slipped off and closed itself: its own noise about zero",
        "tube-pinched": "its tube is pinched: the last pressure, which leaks away over two minutes",
    },
    "valve": {
        "off": "its coil never energises",
        "stuck": "stays where it is",
        "slow": "takes ten times as long to switch",
        "intermittent": "loose plug: drops out for about half of the time, in spells of 100 ms",
        "leak": "its seat leaks: never less than 4 % open",
    },
    "pump": {
        "off": "doesn't run",
        "stuck": "runs at full power, whatever is commanded (a shorted transistor)",
        "slow": "gives half of its flow",
        "intermittent": "loose plug: off for about half of the time, in spells of 100 ms",
    },
    "hose": {
        "off": "slipped off: chamber and valve are open to the air",
        "leak": "has a hole at the valve's end",
        "kink": "passes a fiftieth of its flow",
        "narrow": "passes a third of its flow",
    },
    "garment": {
        "off": "the chamber is open to the air and can't hold",
        "leak": "a seam leaks",
    },
    "leg": {"move": "contracts once a second, 25 mL in 0.3 s"},
    "clock": {
        "slow": "each tick comes after 120 ms",
        "delayed": "one tick comes after 300 ms",
        "intermittent": "one tick in four is 20 to 200 ms late",
        "stuck": "the counter stands still: every tick measures 0 ms",
        "wrong": "the counter glitches: now and then a tick measures 65,536 ms too much or too little",
    },
    "supply": {
        "off": "no voltage for pump and valves; logic and sensors live on",
        "wrong": "the voltage sags to 70 %",
        "intermittent": "loose plug: off for about half of the time, in spells of 100 ms",
    },
    "manifold": {"leak": "a fitting leaks"},
    "relief": {"stuck": "the mechanical relief valve doesn't open"},
    "bus": {
        "hang": "the sensors' bus hangs: none of them answers, and ticks stay in time",
        "slow": "the sensors' bus is held up: each tick comes after 40 ms",
    },
}

# What is wrong before anybody starts. A campaign, which breaks machines at work, leaves these out.
AT_THE_START: dict[str, dict[str, str]] = {
    "hose": {
        "swapped": "its plug and that of the same chamber on the other leg, or else of the next one, are "
        "exchanged between the valves and the sensors' taps: each fills what the other's sensor shows",
    },
    "leg": {
        "away": "isn't there: its boot lies on the floor, and each chamber takes the leg's room, too",
    },
}

# Sensors that no longer tell the pressure and yet read like sensors: without a second one on the manifold no
# guard notices them in time. docs/safety.md says what they do, and a campaign, which shows what is guarded,
# leaves them out on such boards.
UNGUARDED = frozenset(("sensor", mode) for mode in ("dead", "half", "float", "tube-off", "tube-pinched"))

# The size of a fault, where its mode has one: a conductance in mL/s/sqrt(mmHg) [G], a factor, or a room.
AMOUNTS = {
    ("valve", "slow"): 10.0,
    ("valve", "leak"): 0.04,
    ("pump", "slow"): 0.5,
    ("hose", "off"): 45.0,
    ("hose", "leak"): 4.0,
    ("hose", "kink"): 0.02,
    ("hose", "narrow"): 1.0 / 3.0,
    ("garment", "off"): 60.0,
    ("garment", "leak"): 3.0,
    ("supply", "wrong"): 0.7,
    ("manifold", "leak"): 5.0,
    # The room of one chamber of five, mL [G].
    ("leg", "away"): 1700.0,
}
