"""How well pressure is controlled: the core's own regulator beside what others do, on the same air."""
