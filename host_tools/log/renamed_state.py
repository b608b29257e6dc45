"""Where numbers of a recorded state stand today, if they have moved since: logs of older cores still replay.

A number that a later core still has under its old path keeps it, so this table only needs what has gone from
where it was. What is in no line here and in no core any more decided nothing: a constant of the boots, or
what each tick writes before it is read.
"""

# From where, to where, and which names moved along, unchanged.
_MOVED = (
    ("gauges", "gauges.emptying", "empty_bits kept_bits still_bits still_ms unchanged_ms vented_ms"),
    (
        "gauges",
        "gauges.overview",
        (
            "highest_pa is_odd jump_pa jumped_bits low_bits pressed_bits read_bits seen_bits shown_bits "
            "unmoved_bits unvented_bits"
        ),
    ),
    ("guards.latch", "latch", "at_ms chamber_index code limit value"),
    ("guards", "guards.active", "is_air_shared is_manifold_seen"),
    ("guards.pump_runaway", "guards.active.pump_runaway", "last_fill_bits pump_off_ms resting_pa still_ms"),
    ("guards.rises_unasked", "guards.active.rises_unasked", "high_ms rising_bits"),
    (
        "guards.sensor_erratic",
        "guards.active.sensor_erratic",
        "counting_bits jump_count jump_pa sensors_count since_ms",
    ),
    ("guards.sensor_stuck", "guards.active.sensor_stuck", "same_bits same_ms"),
    ("guards.sensors_disagree", "guards.active.sensors_apart", "apart_ms"),
    ("guards.active.sensors_disagree", "guards.active.sensors_apart", "apart_ms"),
    ("guards.session_cap", "guards.active.session_cap", "energised_ms"),
    ("guards.supply_low", "guards.active.supply_low", "low_ms"),
    ("regulator", "regulator.phases", "filling_count phase_ms"),
    (
        "regulator",
        "regulator.air",
        "flow_permille joined_bits overlap_bits overlap_ms pump_before_permille pump_permille rotor_permille",
    ),
    (
        "regulator",
        "regulator.ledger",
        (
            "coast_rise_count coast_rise_index coast_rise_pa collapse_count collapse_pa collapsed_bits "
            "dose_us fill_share_us filled_bits held_bits held_ms reached_bits restless_bits restless_ms"
        ),
    ),
    ("regulator", "regulator.moves", "before_pa goal_pa last_move planned_ms raised_bits trims_count"),
    (
        "regulator",
        "regulator.fills",
        (
            "coasted_bits early_pa ends_together fill_ms inside_pa late_coast_pa late_pa refill_bits "
            "slow_missing_pa stop_pa_s throttled_ms worked_permille_ms"
        ),
    ),
    ("regulator", "regulator.doses", "above_pa dose_extra_pa dose_ms dose_permille dosed_bits"),
    ("regulator", "regulator.holds", "out_ms top_up_pa"),
    ("regulator.unseen", "regulator.sensing", "tried_bits"),
    (
        "regulator.unseen.reckoning",
        "regulator.sensing.estimator",
        (
            "above_seen_pa fall_at_most_pa fall_at_pa let_out_pa seen_pa squeeze_most_permille "
            "squeeze_permille unseen_ms"
        ),
    ),
)
_RENAMED = {
    "guards.fill_timeout.airy_bits": "guards.fill_timeout.has_air_bits",
    "guards.fill_timeout.room_ms": "guards.fill_timeout.check_after_ms",
    "guards.prolonged.is_blind": "guards.prolonged.is_manifold_seen",
    "regulator.phase_bits": "regulator.phases.bits",
    "regulator.served_bits": "regulator.doses.dosed_mid_fill_bits",
    "regulator.unseen.reckoned_bits": "regulator.sensing.estimated_bits",
    "regulator.unseen.reckoning.squeeze_doubt": "regulator.sensing.estimator.squeeze_variance",
    "sequencer.wanted_pa": "sequencer.setpoint_pa",
    "service.heeded_count": "service.handled_count",
    "session.sign_of_life_ms": "session.presence_check_ms",
}
NEW_PATHS = _RENAMED | {
    f"{before}.{name}": f"{after}.{name}" for before, after, names in _MOVED for name in names.split()
}
