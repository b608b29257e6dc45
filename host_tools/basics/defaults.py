"""The board and the plant that are meant where none is named."""

DEFAULT_BOARD = "esp32-s3-duo"
DEFAULT_PLANT = "nominal"
