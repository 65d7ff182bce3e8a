"""Enable features that need the book's web address or repository, if these are known.

The project does not contain its own addresses. Two environment variables set them; the publishing
workflow sets both.

BOOK_REPOSITORY   https://github.com/owner/name; enables links to the source, Binder and Colab
BOOK_URL          URL of the published book; enables sitemap, canonical links, social cards and
                  the links of the 404 page
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

REPOSITORY = os.environ.get("BOOK_REPOSITORY", "").rstrip("/")
URL = os.environ.get("BOOK_URL", "").rstrip("/")
PLACEHOLDER = "https://github.com/owner/name"  # in the pages, for readers to fill in


def setup(app):
    app.connect("config-inited", use_addresses, priority=100)
    app.connect("source-read", name_repository)
    app.connect("build-finished", write_sitemap)
    app.setup_extension("notfound.extension")
    if URL:
        app.setup_extension("sphinxext.opengraph")
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def use_addresses(app, config):
    if REPOSITORY:
        config.html_theme_options |= {
            "repository_url": REPOSITORY,
            "repository_branch": "main",
            "use_repository_button": True,
            "use_edit_page_button": True,
            "use_issues_button": True,
            "launch_buttons": {
                "notebook_interface": "jupyterlab",
                "binderhub_url": "https://mybinder.org",
                "colab_url": "https://colab.research.google.com",
            },
        }
    root = config.notfound_urls_prefix = urlsplit(URL).path + "/"
    not_found = config.notfound_context["body"].replace('href="', f'href="{root}')
    config.notfound_context = config.notfound_context | {"body": not_found}
    if URL:
        config.html_baseurl = config.ogp_site_url = URL + "/"
        config.ogp_site_name = config.html_title
        config.ogp_image = "_static/card.png"
        config.ogp_image_alt = config.html_title
        config.ogp_custom_meta_tags = ['<meta name="twitter:card" content="summary_large_image" />']


def name_repository(app, docname, source):
    if REPOSITORY and app.env.doc2path(docname).endswith(".md"):
        source[0] = source[0].replace(PLACEHOLDER, REPOSITORY)


def write_sitemap(app, exception):
    if URL and not exception:
        pages = "".join(
            f"<url><loc>{URL}/{page}.html</loc></url>" for page in sorted(app.env.titles)
        )
        schema = "http://www.sitemaps.org/schemas/sitemap/0.9"
        Path(app.outdir, "sitemap.xml").write_text(f'<urlset xmlns="{schema}">{pages}</urlset>\n')
