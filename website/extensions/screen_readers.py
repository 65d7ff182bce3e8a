"""Mend what the pages' generators say wrongly to a screen reader; axe finds the rest clean."""


def setup(app):
    app.connect("html-page-context", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def mend(app, pagename, templatename, context, doctree):
    for wrong, right in (
        # docutils gives the entries of a list of sources a role that is deprecated.
        (' role="doc-biblioentry"', ' role="listitem"'),
        # MyST-NB names what unfolds an answer otherwise than it is written there.
        (' aria-label="Toggle hidden content"', ""),
    ):
        context["body"] = context.get("body", "").replace(wrong, right)
