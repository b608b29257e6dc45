"""The twin of a pair of boots: a plant file fitted to a bench run."""
