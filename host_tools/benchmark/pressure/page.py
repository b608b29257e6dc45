"""docs/benchmarks.md and its picture, from one comparison."""

from collections.abc import Iterable
from io import BytesIO

from host_tools.benchmark.pressure.matrix import PLANTS, PRESSURES_MMHG, Comparison, Row
from host_tools.benchmark.pressure.run import CONTROLLERS, CYCLES, HOLD_S, ON_OFF, PID_LOOP, SOLEUS, TIMED
from host_tools.benchmark.speed.machine import machine
from host_tools.catalogue.variants import SENSORS
from host_tools.output.page import Files, table
from host_tools.plant.parts.units import PA_PER_MMHG

PAGE = "docs/benchmarks.md"
PICTURE = "docs/benchmarks.svg"
CALM_PLANTS = PLANTS[:3]
WORN_PLANTS = PLANTS[3:]
LAYOUT_NAMES = {"per_chamber": "a sensor on each chamber", "manifold": "one sensor on the manifold"}

_TEXT = """\
# How well pressure is controlled

`make benchmark` makes this page: every number on it comes from that command, the comparison from commit
`{commit}`. {machine}

Soleus' regulator is compared with what others do, on the same simulated boots: two legs of five chambers,
each with a fill and a vent valve, both legs together, foot to thigh, {hold_s} s of hold, {cycles} cycles; the
legs lie still. The same plants, sensors, noise and latencies for all: {draws} machines drawn from each of
{plants} (seeds 0 to {last_seed}), at {pressures} mmHg, with {layouts}: {runs:,} runs. All figures are of true
chamber pressure. `tired` is worn: its sensors are off by up to 3 mmHg, its chambers leak, its battery is low.

![fill time, overshoot and hold error by pressure]({picture})

## Goals for Soleus

Over all draws of the three plants without faults, and of the worn one.

{aims}
## Side by side

The three plants without faults, all pressures together.

{sides}
{words}
## By plant and pressure

Soleus alone.

{plants_table}
## The peers, and how each was tuned

Each was tuned on the nominal plant, by trying, and then not changed. Guards stop none of them.

- **{timed}**: what cheap boots do. Every chamber has its time for the soft first cycle and for the others, at
  each pressure, found in twelve rounds of trying. It uses no sensor.
- **{on_off}**: full pump until the sensor shows enough, again when a held chamber is too low, vent when it is
  too high. Lead and band: the best of {on_off_tried} pairs. {on_off_settings}
- **{pid}**: `simple-pid` at 50 Hz sets the pump's duty for the chambers that fill; each one's valve
  closes at its target. Gains: the best of {pid_tried}. {pid_settings}
- **the limit**: the least time in which this pump could bring that much air in, if it knew exactly when to
  stop.

Like Soleus, the peers open the next valve before they close the last one, and let the rotor run down into an
open valve.
"""

_COLUMNS = (
    "fill / limit p50", "p95", "overshoot p50", "p99", "first cycle p99", "hold p95", "max",
    "right at once", "not reached", "clicks/min", "starts/min", "jumps/min", "manifold above", "Wh/h",
)  # fmt: skip

_WORDS = """\
- **fill / limit**: time of a fill, divided by the limit for the same air.
- **overshoot**: of each fill after the first cycle, until 1 s after it was reached; mmHg.
- **hold**: |true pressure - target| while held, after the first cycle; mmHg.
- **right at once**: runs in which each chamber was within 3 mmHg at the end of its own stage in the
  first cycle.
- **not reached**: fills let go before the true pressure was within 1.5 mmHg of the target.
- **clicks**: switchings of all valves. **starts**: of the pump. **jumps**: a pump that runs on changes its
  duty by a tenth of the whole or more between two ticks; one that glides isn't heard to.
- **manifold above**: its highest peak over the target, mmHg.
"""


def pressure_files(found: Comparison, draws: int, commit: str) -> Files:
    text = _TEXT.format(
        machine=" ".join(f"{line[0].upper()}{line[1:]}." for line in machine().values()),
        commit=commit,
        hold_s=HOLD_S,
        cycles=CYCLES,
        draws=draws,
        plants=", ".join(f"`{plant}`" for plant in PLANTS),
        last_seed=draws - 1,
        pressures=", ".join(str(mmhg) for mmhg in PRESSURES_MMHG),
        layouts=" and with ".join(LAYOUT_NAMES[sensors] for sensors in SENSORS),
        runs=len(found.scores),
        picture=PICTURE.rpartition("/")[2],
        aims=table(("figure", "aim", *_aim_headings()), _aims(found)),
        sides="\n".join(_side(found, sensors) for sensors in SENSORS),
        words=_WORDS,
        plants_table="\n".join(_by_plant(found, sensors) for sensors in SENSORS),
        timed=TIMED,
        on_off=ON_OFF,
        pid=PID_LOOP,
        on_off_tried=20,
        on_off_settings=_tuned_words(found, ON_OFF),
        pid_tried=18,
        pid_settings=_tuned_words(found, PID_LOOP),
    )
    return {PAGE: text.encode(), PICTURE: _picture(found)}


def _aim_headings() -> list[str]:
    return [f"{name}, {short}" for short in ("each", "manifold") for name in ("in order", "worn")]


def _aims(found: Comparison) -> list[tuple[str, ...]]:
    rows = [
        found.row(SOLEUS, sensors, plants) for sensors in SENSORS for plants in (CALM_PLANTS, WORN_PLANTS)
    ]
    aims = (
        ("fill / limit, p50", "1.10", [f"{row.fill_ratio_p50:.2f}" for row in rows]),
        ("fill / limit, p95", "1.25", [f"{row.fill_ratio_p95:.2f}" for row in rows]),
        ("manifold above the target, mmHg", "60", [f"{row.manifold_over_max:.0f}" for row in rows]),
        ("overshoot p50, mmHg", "0.5 (manifold 1.5)", [f"{row.overshoot_p50:.1f}" for row in rows]),
        ("overshoot p99, mmHg", "2 (3)", [f"{row.overshoot_p99:.1f}" for row in rows]),
        ("overshoot p99, first cycle", "4 (5)", [f"{row.first_overshoot_p99:.1f}" for row in rows]),
        ("hold error p95, mmHg", "1.5 (2.5)", [f"{row.hold_p95:.1f}" for row in rows]),
        ("hold error max, mmHg", "4 (5)", [f"{row.hold_max:.1f}" for row in rows]),
        ("right in the first cycle", "95 %", [f"{row.right_at_once:.0%}" for row in rows]),
    )
    return [(name, aim, *values) for name, aim, values in aims]


def _side(found: Comparison, sensors: str) -> str:
    rows = [(name, *_cells(found.row(name, sensors, CALM_PLANTS))) for name in CONTROLLERS]
    limit = ("the limit", "1.00", "1.00", *["0.0"] * 5, "100 %", "0 %", *["-"] * 5)
    heading = LAYOUT_NAMES[sensors]
    return f"With {heading}:\n\n" + table(("controller", *_COLUMNS), [*rows, limit])


def _by_plant(found: Comparison, sensors: str) -> str:
    rows = [
        (f"{plant}, {mmhg} mmHg", *_cells(found.row(SOLEUS, sensors, (plant,), mmhg)))
        for plant in PLANTS
        for mmhg in PRESSURES_MMHG
    ]
    return f"With {LAYOUT_NAMES[sensors]}:\n\n" + table(("plant", *_COLUMNS), rows)


def _cells(row: Row) -> Iterable[str]:
    return (
        f"{row.fill_ratio_p50:.2f}",
        f"{row.fill_ratio_p95:.2f}",
        f"{row.overshoot_p50:.1f}",
        f"{row.overshoot_p99:.1f}",
        f"{row.first_overshoot_p99:.1f}",
        f"{row.hold_p95:.1f}",
        f"{row.hold_max:.1f}",
        f"{row.right_at_once:.0%}",
        f"{row.unreached_share:.0%}",
        f"{row.clicks_per_min:.0f}",
        f"{row.pump_starts_per_min:.0f}",
        f"{row.duty_jumps_per_min:.0f}",
        f"{row.manifold_over_max:.0f}",
        f"{row.wh_per_h:.1f}",
    )


def _tuned_words(found: Comparison, controller: str) -> str:
    words = []
    for sensors in SENSORS:
        settings = found.settings[controller, sensors][PRESSURES_MMHG[0]]
        if controller == ON_OFF:
            lead, band = settings.lead_pa / PA_PER_MMHG, settings.band_pa / PA_PER_MMHG
            words.append(f"With {LAYOUT_NAMES[sensors]} {lead:.0f} and {band:.1f} mmHg.")
        else:
            kp, ki, kd = settings.gains
            words.append(
                f"With {LAYOUT_NAMES[sensors]} {kp}, {ki} /s and {kd} s, in shares of full duty per mmHg."
            )
    return " ".join(words)


def _picture(found: Comparison) -> bytes:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    mpl.rcParams["svg.hashsalt"] = "soleus"
    panels = (
        # The dashed line is the limit, or the goal with each kind of sensors.
        ("fill time / limit, p50", "fill_ratio_p50", (1.0, 1.0)),
        ("overshoot p99, mmHg", "overshoot_p99", (2.0, 3.0)),
        ("hold error p95, mmHg", "hold_p95", (1.5, 2.5)),
    )
    figure, axes = plt.subplots(len(SENSORS), len(panels), figsize=(11, 6), sharex=True, layout="constrained")
    for row_index, sensors in enumerate(SENSORS):
        for axis, (title, name, aims) in zip(axes[row_index], panels, strict=True):
            for controller in CONTROLLERS:
                rows = [found.row(controller, sensors, CALM_PLANTS, mmhg) for mmhg in PRESSURES_MMHG]
                width = 2.2 if controller == SOLEUS else 1.2
                values = [getattr(row, name) for row in rows]
                axis.plot(PRESSURES_MMHG, values, marker="o", linewidth=width, label=controller)
            axis.axhline(aims[row_index], color="0.7", linewidth=0.8, linestyle="--")
            if name != "fill_ratio_p50":
                axis.set_yscale("symlog", linthresh=2)
                axis.set_ylim(bottom=0)
            axis.set_title(f"{title}\n{LAYOUT_NAMES[sensors]}", fontsize=9)
            axis.set_xticks(PRESSURES_MMHG)
    for axis in axes[-1]:
        axis.set_xlabel("target, mmHg")
    axes[0][0].legend(fontsize=8)
    content = BytesIO()
    figure.savefig(content, format="svg", metadata={"Date": None})
    plt.close(figure)
    return content.getvalue()
