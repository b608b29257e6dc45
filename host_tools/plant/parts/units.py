"""Numbers that many rooms need: of nature, of the plant's beat, and when a leg is free.

They stand in the plant's package because compiled code is kept until one of its files changes.
"""

PA_PER_MMHG = 133.322
AMBIENT_MMHG = 760.0
ML_S_PER_L_MIN = 1000.0 / 60.0

BEAT_MS = 10
BEAT_S = 0.01
# A moment that never comes.
NEVER_MS = 1e18

# Below this pressure a leg counts as free.
SAFE_MMHG = 10.0
# Plant files describe one chamber of a boot of five; fewer chambers share the same leg.
CHAMBERS_DESCRIBED = 5.0
