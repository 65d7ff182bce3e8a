"""Draw the picture on the front page; run by `make execute`."""

from pathlib import Path

from xent_lib import plotting

if __name__ == "__main__":
    plotting.use_book_style()
    plotting.save(plotting.simplex([0.7, 0.2, 0.1]), Path(__file__).with_name("simplex.svg"))
