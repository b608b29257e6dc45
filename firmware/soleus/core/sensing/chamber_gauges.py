"""A sensor for each chamber; one more on the manifold is for the guards alone, no regulator asks it."""

from soleus.core.basics.limits import JUMP_PA, PRESSED_PA, VENTED_PA, ZERO_DRIFT_MOST_PA
from soleus.core.basics.signals import Readings
from soleus.core.sensing.emptying import AGE_MOST_MS
from soleus.core.sensing.gauges import (
    ODD_LEAST_PA,
    ODD_MOST_PA,
    SIXTEENTHS,
    SIXTEENTHS_SHIFT,
    SMOOTH_SHIFT,
    Gauges,
)


class ChamberGauges(Gauges):
    def look(self, readings: Readings, _joined_bits: int, dt_ms: int) -> None:  # noqa: C901 (saves a call)
        """All chambers in one loop, which is a good part of every tick."""
        overview = self.overview
        all_bits = self.all_bits
        missing_bits = readings.missing_bits & all_bits
        if missing_bits or overview.read_bits != all_bits:
            self.note_missing(missing_bits, dt_ms)
        zero_pa = self.zero_pa
        pressure_pa = self.pressure_pa
        smooth_pa = self.smooth_pa
        all_smooth_pa_x16 = self.smooth_pa_x16
        # A chip reaches the first sixteen names of a function more quickly: these are used for each chamber.
        index = -1
        highest_pa = gauge_pa = moved_pa = smooth_pa_x16 = 0
        shown_bits = pressed_bits = low_bits = unmoved_bits = jumped_bits = 0
        is_strange = False
        for gauge_pa in readings.chamber_pa:
            index += 1
            if missing_bits and missing_bits & (1 << index):
                highest_pa = max(highest_pa, pressure_pa[index])
                continue
            gauge_pa -= zero_pa[index]
            if gauge_pa > highest_pa:
                highest_pa = gauge_pa
            elif gauge_pa < ODD_LEAST_PA:
                is_strange = True
            moved_pa = gauge_pa - pressure_pa[index]
            if moved_pa == 0:
                unmoved_bits |= 1 << index
            elif moved_pa < -JUMP_PA or moved_pa > JUMP_PA:
                jumped_bits |= 1 << index
                overview.jump_pa[index] = moved_pa
            pressure_pa[index] = gauge_pa
            smooth_pa_x16 = (gauge_pa * SIXTEENTHS + all_smooth_pa_x16[index] * 3) >> SMOOTH_SHIFT
            all_smooth_pa_x16[index] = smooth_pa_x16
            smooth_pa_x16 >>= SIXTEENTHS_SHIFT
            smooth_pa[index] = smooth_pa_x16
            if smooth_pa_x16 >= VENTED_PA:
                shown_bits |= 1 << index
                if smooth_pa_x16 >= PRESSED_PA:
                    pressed_bits |= 1 << index
            elif smooth_pa_x16 < -ZERO_DRIFT_MOST_PA:
                low_bits |= 1 << index
        if missing_bits:
            # What isn't seen now is as it was.
            shown_bits |= overview.shown_bits & missing_bits
            pressed_bits |= overview.pressed_bits & missing_bits
            low_bits |= overview.low_bits & missing_bits
        overview.shown_bits = shown_bits
        overview.pressed_bits = pressed_bits
        overview.low_bits = low_bits
        overview.highest_pa = highest_pa
        overview.unmoved_bits = unmoved_bits
        overview.still_bits = unmoved_bits & self.same_bits
        self.same_bits = unmoved_bits | self.same_bits & missing_bits
        overview.jumped_bits = jumped_bits
        is_odd = is_strange or highest_pa > ODD_MOST_PA
        if self.boots.has_manifold_sensor_too:
            if readings.missing_bits == missing_bits:
                gauge_pa = readings.manifold_pa - zero_pa[index + 1]
                self.manifold_pa = gauge_pa
                is_odd = is_odd or gauge_pa < ODD_LEAST_PA or gauge_pa > ODD_MOST_PA
            else:
                is_odd = True
        overview.is_odd = is_odd or missing_bits | jumped_bits | low_bits != 0

    def note_missing(self, missing_bits: int, dt_ms: int) -> None:
        self.overview.read_bits = self.overview.seen_bits = self.all_bits & ~missing_bits
        for index in range(self.boots.count):
            is_missing = missing_bits & (1 << index) != 0
            self.age_ms[index] = min(self.age_ms[index] + dt_ms, AGE_MOST_MS) if is_missing else 0
