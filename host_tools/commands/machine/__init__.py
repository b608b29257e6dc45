"""Commands for a machine, real or virtual: run, flash, ask and test it, and read its logs."""
