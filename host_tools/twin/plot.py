"""Pictures of measured and modelled pressures, chamber by chamber."""

import io
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from host_tools.basics.atomic_file import write_whole
from host_tools.output.palette import INK, chamber_colours
from host_tools.twin.fit import Fitted, Twin


def plot_twin(twin: Twin, file: Path) -> None:
    rows = [("pump, into the vessel", twin.pump), *((name, twin.at[name]) for name in twin.chambers)]
    figure = Figure(figsize=(10, 2.0 * len(rows)), layout="constrained")
    colours = chamber_colours(max(len(rows), 2))
    for axes, (name, fitted), colour in zip(
        figure.subplots(len(rows), 3, squeeze=False), rows, colours, strict=True
    ):
        _draw(list(axes), name, fitted, colour)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=100)
    write_whole(file, out.getvalue())


def _draw(axes: list, name: str, fitted: Fitted, colour: str) -> None:
    """The fill and the vent take seconds, the hold minutes: each has its own scale."""
    assert fitted.measured is not None
    assert fitted.modelled is not None
    time_s, mmhg = fitted.measured.time_s, fitted.measured.mmhg
    end_s = float(time_s[-1])
    for panel, (start, stop) in zip(
        axes, ((0.0, 10.0), (10.0, end_s - 3.5), (end_s - 3.5, end_s)), strict=True
    ):
        shown = (time_s >= start) & (time_s <= stop)
        if not np.any(shown):
            panel.set_axis_off()
            continue
        panel.plot(time_s[shown], mmhg[shown], ".", ms=2, color=colour)
        panel.plot(time_s[shown], fitted.modelled[shown], color=INK, lw=0.9)
        panel.grid(alpha=0.25)
    axes[0].set_title(f"{name}: {fitted.rms_mmhg:.2f} mmHg RMS", loc="left", fontsize=9)
    axes[0].set_ylabel("mmHg", fontsize=8)
