"""What every source tells, in numbers and words: a frame, what is said beside it, and what was."""
