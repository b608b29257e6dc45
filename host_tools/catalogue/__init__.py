"""The boards and programs of this project, and those of a person, read from their TOML files."""
