"""The sources' plans as dates: around a race, a week, a pair of sessions, a bedtime, a level of training."""
