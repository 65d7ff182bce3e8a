"""Turn on the links to the source repository when, and only when, its address is known.

The address is written nowhere in the project: the publishing workflow passes its own in the
environment variable BOOK_REPOSITORY (https://github.com/owner/name), and so may you.
"""

import os


def setup(app):
    app.connect("config-inited", use_repository)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def use_repository(app, config):
    address = os.environ.get("BOOK_REPOSITORY", "").rstrip("/")
    if address:
        config.html_theme_options |= {
            "repository_url": address,
            "repository_branch": "main",
            "use_repository_button": True,
            "use_edit_page_button": True,
            "use_issues_button": True,
        }
