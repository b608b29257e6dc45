"""Plant files: what they may say, and a plant drawn from one."""
