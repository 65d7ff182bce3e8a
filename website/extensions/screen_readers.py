"""Fix the two accessibility faults that axe finds in the generated pages."""


def setup(app):
    app.connect("html-page-context", fix)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def fix(app, pagename, templatename, context, doctree):
    for wrong, right in (
        # docutils gives bibliography entries a deprecated role.
        (' role="doc-biblioentry"', ' role="listitem"'),
        # MyST-NB labels the summary of an answer differently from its visible text.
        (' aria-label="Toggle hidden content"', ""),
    ):
        context["body"] = context.get("body", "").replace(wrong, right)
