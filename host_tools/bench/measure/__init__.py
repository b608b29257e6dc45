"""What a step of the bench works with: the bench itself, its lines, its limits."""
