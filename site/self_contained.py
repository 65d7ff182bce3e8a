"""Keep the built pages free of third parties.

Jupyter Book loads `thebe`, which names a content delivery network on every page and is of no use
without a server. Anything else with an address of its own is dropped with it, so a page asks its
own origin only; `tests/test_site.py` opens every page and fails on any other request.
"""


def setup(app):
    # After all the extensions have added theirs (500 is the default priority).
    app.connect("html-page-context", drop_third_parties, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def drop_third_parties(app, pagename, templatename, context, doctree):
    for kind in ("script_files", "css_files"):
        if kind in context:
            context[kind] = [file for file in context[kind] if not is_third_party(file)]


def is_third_party(file):
    source = f"{file.filename or ''} {dict(file.attributes).get('body', '')}"
    return "thebe" in source or "://" in source
