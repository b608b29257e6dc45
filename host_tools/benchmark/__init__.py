"""Speed, the cost of a step, and control beside what others do. All figures of a page are of one run."""
