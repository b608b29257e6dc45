"""`python -m host_tools.wiring`: makes the wiring pages of all boards again."""

from host_tools.basics.atomic_file import write_whole
from host_tools.catalogue.boards import board_names, load_board
from host_tools.wiring import wiring_files

for name in board_names():
    board = load_board(name)
    for file_name, content in wiring_files(board).items():
        write_whole(board.file.parent / file_name, content)
