# Every command sets up what it needs by itself; `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
GRADING := .venv-grading/bin
KATEX := wagtail-katex==0.0.6   # for its copy of KaTeX 0.15.2 alone: so without its dependencies
NOTEBOOKS := chapters/*.ipynb exercises/source/*/*.ipynb
CODE := xent_lib tests site benchmarks chapters exercises slides
# No time stamps, no name or version of a machine's own kernel, one-line tracebacks:
# what did not change is the same bytes again.
EXECUTE_OPTIONS := --ExecutePreprocessor.record_timing=False \
    --ExecutePreprocessor.extra_arguments="['--InteractiveShell.xmode=Minimal', '--log-level=40']" \
    --NotebookExporter.preprocessors=nbconvert.preprocessors.CoalesceStreamsPreprocessor \
    --ClearMetadataPreprocessor.enabled=True \
    --ClearMetadataPreprocessor.clear_cell_metadata=False \
    --ClearMetadataPreprocessor.preserve_nb_metadata_mask="{'kernelspec', ('language_info', 'name')}"

.DEFAULT_GOAL := help
.PHONY: help book test execute serve screenshots pdf weight release grade slides present rehearse accuracy bench mutants lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

book: $(READY) _build/fresh ## build the book into _build/html
	@echo "== Building the book"
	@$(BIN)/python exercises/generate.py
	@$(BIN)/jupyter-book build . -W -n --keep-going
	@PYTHONPATH=site $(BIN)/python slides/make.py _build/html/slides
	@echo "== The book is built. Open $(CURDIR)/_build/html/index.html, or run: make serve"

# Sphinx notices changed pages; a change of anything else starts the build afresh.
_build/fresh: _config.yml _toc.yml references.bib $(wildcard site/* site/*/* site/*/*/* xent_lib/* xent_lib/explore/* xent_lib/plotting/* benchmarks/*)
	@rm -rf _build && mkdir _build && touch $@

test: $(READY) ## prove everything: code style, library, notebooks, pages
	@echo "== Checking code style"
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)
	@$(MAKE) --no-print-directory book
	@echo "== Testing the library, the notebooks and the built pages (about eight minutes)"
	@$(BIN)/pytest

execute: $(READY) ## re-run the chapters and exercises in place, after you changed them
	@$(BIN)/ruff format $(NOTEBOOKS)
	@$(BIN)/ruff check --fix $(NOTEBOOKS)
	@echo "== Running the chapters and exercises"
	@$(BIN)/jupyter nbconvert --to notebook --inplace --execute $(EXECUTE_OPTIONS) $(NOTEBOOKS)
	@$(BIN)/python -c "from xent_lib import plotting as p; p.use_book_style(); p.save(p.simplex([0.7, 0.2, 0.1]), 'site/simplex.svg')"
	@echo "== The chapters are up to date; git diff shows what changed. Next: make test"

serve: book ## show the book on a local web server
	@echo "== Serving the book at http://127.0.0.1:8000 (Ctrl-C stops it)"
	@$(BIN)/python -m http.server 8000 --bind 127.0.0.1 --directory _build/html

release: $(READY) ## make the exercises for students, in exercises/release
	@$(BIN)/python exercises/generate.py
	@ls exercises/release/*/*.ipynb

grade: .venv-grading/ready ## grade a folder: make grade SUBMISSIONS=folder
	@CONFINED=$(CONFINED) $(GRADING)/python exercises/grade.py $(if $(SUBMISSIONS),"$(SUBMISSIONS)")

slides: book ## make the decks of slides, beside the pages of the book
	@echo "== The decks are in $(CURDIR)/_build/html/slides"

present: $(READY) .venv-grading/ready ## teach from the chapters: slides in JupyterLab, to change and run
	@$(BIN)/python -m ipykernel install --prefix _build/kernel --name python3 >/dev/null
	@JUPYTER_PATH=_build/kernel/share/jupyter $(GRADING)/jupyter lab chapters

rehearse: $(READY) .venv-grading/ready ## try the grading on made-up submissions (a minute)
	@$(BIN)/pytest tests/rehearse_grading.py

screenshots: book ## look at every page: light and dark, wide and narrow, into _build/screenshots
	@$(BIN)/python site/screenshots.py

pdf: book ## print the whole book into _build/book.pdf
	@$(BIN)/jupyter-book build . --builder singlehtml -W -n --keep-going
	@$(BIN)/python site/pdf.py
	@echo "== The book is printed: $(CURDIR)/_build/book.pdf"

weight: book ## weigh the pages, for the table in benchmarks/weight.md
	@$(BIN)/pytest -q tests/test_site.py -k test_page_on_a_desktop
	@cp _build/weight.md benchmarks/weight.md

accuracy: $(READY) ## measure the accuracy of the library beside others (ten seconds)
	@$(BIN)/python benchmarks/accuracy.py

bench: $(READY) ## measure the speed of the library beside others (two minutes)
	@mkdir -p _build
	@$(BIN)/pytest -p no:nbval -o addopts= benchmarks/bench_cross_entropy.py -q \
	    --benchmark-quiet --benchmark-json=_build/timings.json
	@$(BIN)/python benchmarks/summarize.py _build/timings.json

mutants: $(READY) ## change the library in thousands of places; the tests must notice (half an hour)
	@rm -rf _build/mutants && mkdir -p _build/mutants
	@cp -r pyproject.toml xent_lib tests _build/mutants
	@echo "== Trying the mutants; progress is in _build/mutants/run.log"
	@cd _build/mutants && OMP_NUM_THREADS=1 $(abspath $(BIN))/mutmut run >run.log 2>&1 \
	    || { tail -c 2000 run.log; false; }
	@cd _build/mutants && $(abspath $(BIN))/mutmut results --all true | awk ' \
	    split($$1, m, ".") > 2 && $$2 ~ /killed|timeout|survived|no/ { \
	        n[m[2]]++; k[m[2]] += $$2 ~ /killed|timeout/ } \
	    END { for (i in n) { printf "%-14s %4d / %4d\n", i, k[i], n[i]; a += k[i]; b += n[i] } \
	        printf "%-14s %4d / %4d  %.1f %%\n", "~ in all", a, b, 100 * a / b }' | sort
	@cd _build/mutants && $(abspath $(BIN))/mutmut results | grep -v -e killed || true

lock: $(READY) ## renew the constraints from the requirements
	@$(BIN)/pip install -q uv
	@rm -f constraints.txt constraints-grading.txt
	@grep -v '^-' requirements.txt | $(BIN)/uv pip compile - --output-file constraints.txt -q \
	    --universal --python-version 3.10 --fork-strategy fewest --no-header --no-annotate
	@grep -v '^-' requirements-grading.txt | $(BIN)/uv pip compile - -c constraints.txt \
	    --output-file constraints-grading.txt -q --universal --python-version 3.11 \
	    --fork-strategy fewest --no-header --no-annotate
	@echo "== The constraints are renewed; git diff shows what changed. Next: make test"

clean: ## remove everything that was built, .venv too; what a lecturer graded stays
	rm -rf _build .venv .venv-grading exercises/*.ipynb exercises/release .pytest_cache .ruff_cache .hypothesis *.egg-info
	find $(CODE) -name __pycache__ -prune -exec rm -rf {} +

$(READY): requirements.txt constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 10) <= v <= (3, 13) or sys.exit( \
	    "The book needs Python 3.10 to 3.13; %s is %d.%d. Name another: make PYTHON=python3.12 ..." % ("$(PYTHON)", *v))'
	@echo "== Setting up .venv: about 1.3 GB of packages, one to three minutes"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --disable-pip-version-check -r requirements.txt
	@$(BIN)/pip install --disable-pip-version-check -q --no-deps $(KATEX)
	@touch $@

.venv-grading/ready: requirements-grading.txt constraints-grading.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 13) or sys.exit( \
	    "nbgrader needs Python 3.11 to 3.13; %s is %d.%d. Name another: make PYTHON=python3.12 ..." % ("$(PYTHON)", *v))'
	@echo "== Setting up .venv-grading: about 400 MB of packages, a minute"
	@$(PYTHON) -m venv .venv-grading
	@$(GRADING)/pip install -q --disable-pip-version-check -r requirements-grading.txt
	@touch $@
