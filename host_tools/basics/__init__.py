"""What every other room of the laptop's side may use: errors, paths, files written whole."""
