"""One line of the reports over time, a curve for each unit, with its limits."""

import io

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from host_tools.bench.measure.line import FAILED
from host_tools.bench.report.history import History
from host_tools.output.palette import ALARM, INK, chamber_colours


def history_png(history: History, keys: list[str], units: list[str]) -> bytes:
    figure = Figure(figsize=(9, 2.6 * len(keys) + 0.6), layout="constrained")
    all_axes = figure.subplots(len(keys), 1, sharex=True, squeeze=False)[:, 0]
    colours = chamber_colours(max(len(units), 2))
    for axes, key in zip(all_axes, keys, strict=True):
        for unit, colour in zip(units, colours, strict=False):
            points = history.points(unit, key)
            if not points:
                continue
            days = [np.datetime64(point.at.replace(tzinfo=None)) for point in points]
            axes.plot(days, [point.value for point in points], marker="o", ms=4, color=colour, label=unit)
            bad = [(day, p.value) for day, p in zip(days, points, strict=True) if p.status == FAILED]
            axes.plot([x for x, _ in bad], [y for _, y in bad], "o", ms=8, mfc="none", color=ALARM)
            for limit in (points[-1].least, points[-1].most):
                if limit is not None:
                    axes.axhline(limit, color=ALARM, lw=0.8, ls="--")
            axes.set_ylabel(points[-1].unit)
            axes.set_title(points[-1].title, loc="left", fontsize=10, color=INK)
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8, frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=4)
    out = io.BytesIO()
    with mpl.rc_context({"date.converter": "concise"}):
        figure.savefig(out, format="png", dpi=110)
    return out.getvalue()
