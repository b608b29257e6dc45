"""What studies found, as the sources tell it: it stands in every report, so that no diary is over-read."""

EVIDENCE = (
    "What studies found is mixed, and depends on the protocol.",
    "Reviews find trivial to small effects on what legs can do (B, C, E).",
    "On felt soreness: trivial to moderate, best near 48 h (2024: 17 studies, 319 athletes; B, C, E).",
    "A placebo-controlled trial of 2021 found no difference (A).",
    "A meta-analysis of 2025 found no less soreness at 24 h (A).",
    "For night cramps, stretching has the direct evidence, not compression (D).",
    "So legs may feel lighter; nothing here treats or prevents anything.",
)

CANNOT = (
    "Why something changed. People begin when it is worst, and the worst mostly gets better by itself.",
    "What the boots did, and what else in those days did: stretching, training, water, season, new shoes.",
    "What was hoped for and what was felt. You knew which days had a session; nobody could hide it.",
    "What holds for anybody else.",
)
