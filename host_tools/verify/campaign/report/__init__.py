"""A finished campaign as tables, a picture and a page."""
