"""Plant files: those of Soleus are good, and a bad one is refused in one line that helps."""

from pathlib import Path

import pytest

from host_tools.basics.errors import InputError
from host_tools.basics.paths import PLANTS
from host_tools.plant.files.spec import Range, load_plant, plant_names
from host_tools.sim.request import prepare
from tests.plant.plant_rig import Boots, Rig

NOMINAL = (PLANTS / "nominal.toml").read_text()


def refusal(path: Path, text: str) -> str:
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_plant(path)
    line = str(caught.value)
    assert line.startswith(str(path))
    assert "\n" not in line
    return line.removeprefix(f"{path}: ")


def test_the_plants_of_soleus_are_good() -> None:
    assert {"nominal", "small-leg", "large-leg", "tired"} <= set(plant_names())
    for name in plant_names():
        assert load_plant(name).about


@pytest.mark.parametrize(
    ("board", "kind", "when_off"),
    [("esp32-s3-duo", "digital_sensor", "silent"), ("esp32-devkit", "sensor", "floor")],
)
def test_a_session_has_the_boards_own_sensors(board: str, kind: str, when_off: str) -> None:
    sensor = prepare("easy-run", board, "nominal").plant.sensor
    assert sensor.missing == when_off
    assert sensor.noise_mmhg == getattr(load_plant("nominal"), kind).noise_mmhg


def test_a_number_is_a_range_of_one() -> None:
    assert load_plant("nominal").sensor.range_mmhg == Range(300.0, 300.0)


def test_a_file_may_say_only_what_is_different(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('extends = "nominal"\n[pump]\nstall_mmhg = 500\n')
    mine, nominal = load_plant(path), load_plant("nominal")
    assert mine.pump.stall_mmhg == Range(500.0, 500.0)
    assert mine.pump.ripple == nominal.pump.ripple
    assert mine.chamber == nominal.chamber


@pytest.mark.parametrize(
    ("changed", "into", "says"),
    [
        (
            "volume_ml = [22, 30]",
            "volume_ml = -5",
            "manifold.volume_ml = -5: expected a number or a range [low, high], within 2 and",
        ),
        (
            "volume_ml = [22, 30]",
            "volume_ml = [30, 22]",
            "manifold.volume_ml = [30, 22]: expected a number or a range",
        ),
        (
            "volume_ml = [22, 30]",
            "volume_ml = [22]",
            "manifold.volume_ml = [22]: expected a number or a range",
        ),
        ("volume_ml = [22, 30]", "volume_ml = true", "manifold.volume_ml = True: expected a number"),
        ("volume_ml = [22, 30]", "volume_ml = nan", "manifold.volume_ml = nan: expected a number"),
        ("volume_ml = [22, 30]", 'volume_ml = "big"', "manifold.volume_ml = 'big': expected a number"),
        ("volume_ml = [22, 30]", "", "manifold.volume_ml: expected a value"),
        (
            "volume_ml = [22, 30]",
            "volum_ml = 25",
            "manifold.volum_ml = 25: expected one of the keys volume_ml, leak",
        ),
        ("[hose]", "[hoes]", "hoes = {'conductance': [45, 49]}: expected one of the keys about, pump"),
        ("[chamber.foot]", "[chamber.toe]", "expected one of the keys foot, calf, thigh"),
        ("[valve.vent]", "[valve.went]", "one of the keys fill, vent, coil"),
        ('missing = "floor"', 'missing = "gone"', "sensor.missing = 'gone': "),
        (
            "steady_substeps = 5",
            "steady_substeps = 0",
            "integration.steady_substeps = 0: expected a whole number from 1",
        ),
        ("steady_substeps = 5", "steady_substeps = 2.5", "steady_substeps = 2.5: expected a whole number"),
        ("[pump]", "[pump", "line 12: expected valid TOML"),
        (
            "about =",
            'extends = "nominl"\nabout =',
            "extends = 'nominl': expected another plant: hysteretic, large-leg, nominal",
        ),
    ],
)
def test_a_bad_file_is_refused_in_one_line(tmp_path: Path, changed: str, into: str, says: str) -> None:
    assert changed in NOMINAL
    assert says in refusal(tmp_path / "bad.toml", NOMINAL.replace(changed, into, 1))


def test_an_unknown_plant_lists_the_known_ones() -> None:
    with pytest.raises(
        InputError, match="'nominel': expected one of hysteretic, large-leg, nominal, small-leg, tired"
    ):
        load_plant("nominel")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        load_plant(tmp_path / "gone.toml")


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        load_plant(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "[chamber.calf]\ncompliance_ml_mmhg = 0.5\ncoupling_ml_mmhg = 2.0\n",
            "chamber.calf.coupling_ml_mmhg = 2.0: expected below 0.6",
        ),
        ("[chamber.foot]\nslack_ml = 50\n", "chamber.foot.slack_ml = 50.0: expected more than 115"),
        (
            "[leg]\nmovements_per_min = 3\nmovement_ml = 100\n[chamber.thigh]\nslack_ml = 150\n",
            "chamber.thigh.slack_ml = 150.0: expected more than",
        ),
        ("[supply]\nempty_v = 13\n", "supply.empty_v = 13.0: expected at most supply.full_v"),
        ('leg = "wooden"\n', "leg.model = 'wooden': "),
        ("[hysteretic]\nplay = 3\n", "hysteretic.play = 3: expected one of the keys give_share, play_mmhg"),
        ('[at."left.calf"]\nhole = 3\n', "at.left.calf.hole = 3: expected one of the keys dead_ml"),
    ],
)
def test_a_plant_that_makes_no_sense_is_refused_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    assert says in refusal(tmp_path / "odd.toml", f'extends = "nominal"\n{text}')


def test_a_hysteretic_leg_asks_for_its_table(tmp_path: Path) -> None:
    table = NOMINAL[NOMINAL.index("[hysteretic]") : NOMINAL.index("[air]")]
    path = tmp_path / "all.toml"
    path.write_text(NOMINAL.replace(table, ""))
    assert load_plant(path).hysteretic is None
    text = NOMINAL.replace(table, "").replace('model = "elastic"', 'model = "hysteretic"')
    assert "hysteretic: expected a table: leg.model" in refusal(path, text)


def test_a_short_leg_is_a_leg_of_that_model(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('extends = "nominal"\nleg = "hysteretic"\n')
    mine, nominal = load_plant(path), load_plant("nominal")
    assert mine.leg == nominal.leg.model_copy(update={"model": "hysteretic"})


@pytest.mark.parametrize(
    ("different", "says"),
    [
        (
            "coupling_ml_mmhg = 2.4\ncompliance_ml_mmhg = 0.1",
            r"left\.calf: coupling .* = 2\.\d+: expected a sum below",
        ),
        (
            "coupling_ml_mmhg = 1.5\nslack_ml = 10",
            r"left\.calf: slack_ml: expected at least 2\d\d with dead_ml",
        ),
    ],
)
def test_single_chambers_that_squeeze_each_other_are_refused(
    tmp_path: Path, different: str, says: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f'extends = "nominal"\n[at."left.calf"]\n{different}\n')
    with pytest.raises(InputError, match=says) as caught:
        Rig(Boots(1), load_plant(path))
    assert "\n" not in str(caught.value)
