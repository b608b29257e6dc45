"""Whose turn it is on the manifold, where each chamber has a sensor: measured doses go before fills."""

from soleus.core.regulate.doses import CALM_DOSE_PA, CALM_DOSE_PERMILLE, Doses
from soleus.core.regulate.regulation import COAST, DOSE, FILL, PEEK, PUMP_MOST_PERMILLE, SETTLE, WAITING
from soleus.core.sensing.gauges import Gauges
from soleus.core.session.sequencer import Sequencer

CALM_ROTOR_PERMILLE = 830


class ChamberTurns:
    def __init__(self, doses: Doses) -> None:
        self.doses = doses
        self.phases = doses.phases
        self.air = doses.air

    def next_bits(self, gauges: Gauges, sequencer: Sequencer) -> int:
        """The chambers that are joined to the manifold in this tick."""
        doses = self.doses
        bits = self.phases.bits
        waiting = doses.most_urgent_index(gauges, sequencer) if bits[WAITING] else -1
        if waiting >= 0 and doses.dosed_bits:
            # From dose to dose, the pump running on; only the last one waits for the rotor.
            self.phases.go_all(doses.dosed_bits, SETTLE)
            doses.begin(waiting, gauges, sequencer.target_pa[waiting], 0, False)
            return 1 << waiting
        # These need the manifold until their phase is over.
        busy_bits = bits[COAST] | bits[DOSE] | bits[PEEK]
        if busy_bits:
            return busy_bits
        fill_bits = bits[FILL]
        return (
            fill_bits
            if waiting < 0
            else self._serve(waiting, fill_bits, gauges, sequencer.target_pa[waiting])
        )

    def _serve(self, waiting: int, fill_bits: int, gauges: Gauges, target_pa: int) -> int:
        air = self.air
        is_mid_fill = fill_bits != 0 and air.pump_permille == PUMP_MOST_PERMILLE
        is_calm = target_pa >= CALM_DOSE_PA or air.rotor_permille <= CALM_ROTOR_PERMILLE
        if is_mid_fill and not is_calm:
            # First slower: the whole flow through one valve would lift the manifold too far above it.
            air.pump_permille = CALM_DOSE_PERMILLE
            return fill_bits
        if air.pump_before_permille == 0 or is_mid_fill:
            self.doses.begin(waiting, gauges, target_pa, 0, is_mid_fill)
            return 1 << waiting
        return fill_bits
