"""The schematic of a board as SVG."""
