"""What the steps of the bench work with: the bench itself, its lines, its limits."""
