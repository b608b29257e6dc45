"""A bench run as one HTML page that a person can open anywhere, or print."""

import functools
import io
import re
from dataclasses import dataclass
from pathlib import Path

import jinja2
import matplotlib as mpl
from matplotlib.figure import Figure

from host_tools.basics.atomic_file import write_whole
from host_tools.bench.measure.line import FAILED, NOT_APPLICABLE, Curve, Line
from host_tools.bench.report.diagnosis import causes_of
from host_tools.bench.report.verdict import counted, verdict
from host_tools.bench.run import BenchRun
from host_tools.bench.suite import STEPS
from host_tools.output.palette import INK, chamber_colours

_TEMPLATES = Path(__file__).parent / "templates"
_CSS = Path(__file__).parents[2] / "output" / "report" / "templates"
POINTS_MOST = 700
# Curves that only a twin needs: kept as numbers, not drawn.
FOR_A_TWIN = ("life", "felt", "drop")


def write_report(run: BenchRun, file: Path) -> None:
    write_whole(file, report_html(run).encode())


def report_html(run: BenchRun) -> str:
    return _template().render(
        run=run,
        verdict=verdict(run),
        causes=causes_of(run.failed),
        groups=_groups(run),
        failed=FAILED,
        not_applicable=NOT_APPLICABLE,
    )


@dataclass(frozen=True)
class _Group:
    """The lines of one step, with its curves."""

    title: str
    lines: list[Line]
    figure: str

    @property
    def has_failed(self) -> bool:
        return any(line.status == FAILED for line in self.lines)

    @property
    def summary(self) -> str:
        return counted(self.lines)


def _groups(run: BenchRun) -> list[_Group]:
    steps: dict[str, list[Line]] = {}
    for line in run.lines:
        steps.setdefault(_step_of(line), []).append(line)
    curves = _by_step(run)
    return [
        _Group(STEPS[step].title, lines, _svg(curves[step]) if step in curves else "")
        for step, lines in steps.items()
    ]


def _step_of(line: Line) -> str:
    """Most lines begin with their step's name."""
    first, _, rest = line.key.partition(".")
    if first in ("fill", "vent") and rest.startswith(("opens.", "closes.")):
        return "valves"
    return {"noise": "zero", "relief": "pump", "fill": "volume", "hose": "hoses"}.get(first, first)


def _by_step(run: BenchRun) -> dict[str, list[Curve]]:
    steps: dict[str, list[Curve]] = {}
    for curve in run.curves:
        if curve.step in FOR_A_TWIN:
            continue
        steps.setdefault(curve.step.split(".")[0], []).append(curve)
    return steps


def _svg(curves: list[Curve]) -> str:
    """One leg above the other, with a colour for each chamber, as in every picture of Soleus."""
    legs = sorted({curve.chamber.split(".")[0] for curve in curves})
    names = {leg: list(dict.fromkeys(c.chamber for c in curves if c.chamber.startswith(leg))) for leg in legs}
    with mpl.rc_context({"svg.hashsalt": "soleus", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(9.5, 2.3 * len(legs) + 0.3), layout="constrained")
        for axes, leg in zip(figure.subplots(len(legs), 1, squeeze=False)[:, 0], legs, strict=True):
            colours = dict(zip(names[leg], chamber_colours(max(len(names[leg]), 2)), strict=False))
            for curve in curves:
                if curve.chamber not in colours:
                    continue
                every = max(1, len(curve.time_s) // POINTS_MOST)
                label = curve.chamber if curve.chamber not in axes.get_legend_handles_labels()[1] else None
                axes.plot(
                    curve.time_s[::every],
                    curve.mmhg[::every],
                    color=colours[curve.chamber],
                    lw=0.9,
                    label=label,
                )
            axes.set_xlabel("s" if "endurance" not in curves[0].step else "cycle", color=INK)
            axes.set_ylabel("mmHg" if "endurance" not in curves[0].step else "s, mmHg", color=INK)
            axes.legend(fontsize=7, frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=5)
            axes.grid(alpha=0.25)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    svg = re.sub(r"^.*?<svg", "<svg", out.getvalue(), count=1, flags=re.DOTALL)
    # A tenth of a point is finer than any screen; six decimals are half of the page.
    return re.sub(r"(\d\.\d)\d+(?=[ \n\"])", r"\1", svg)


@functools.cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader([_TEMPLATES, _CSS])
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("bench.html")
