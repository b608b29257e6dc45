"""The questions before a session, why a no ends it, and what to do when it is over. Loaded for a moment.

A question is whole on a display of five lines of sixteen letters; D and A ask these.
"""

QUESTIONS = (
    "Both legs fine: no odd pain, swelling or warmth in one?",
    "Is the skin whole wherever the boots go?",
    "Do both legs feel as they usually do?",
    "No clots, heart or vessel illness, infection, blood thinners?",
    "Two today already. Do you want one more?",
)
REASONS = (
    "One leg hurts, swells or is warm: see a doctor before any session.",
    "Let the skin heal first. Nothing presses on a wound.",
    "Numb or tingling legs: ask a doctor first.",
    "Ask a doctor before your first session.",
    "Two are enough. Come back tomorrow.",
)
# B, C, D and E.
AFTERWARDS = ("Move your ankles", "Legs up 1-3 min", "A short walk", "Check your skin", "Clean the boots")
