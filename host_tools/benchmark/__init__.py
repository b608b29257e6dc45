"""How fast the simulator is, and where the time goes. Every figure of a page comes from one run."""
