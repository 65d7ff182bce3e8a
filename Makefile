# Every command sets up what it needs by itself; `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
GRADING := .venv-grading/bin
NOTEBOOKS := chapters/$(CHAPTER)*.ipynb $(wildcard exercises/source/$(CHAPTER)*/*.ipynb)
CODE := xent_lib tests website benchmarks chapters exercises .ci
PIP := pip install --disable-pip-version-check
# PyTorch's own index has a build without GPU packages, which saves 3.8 GB on Linux.
TORCH_CPU := https://download.pytorch.org/whl/cpu
# One worker per core, so each computes with one thread. One file, one worker: its tests share what
# is costly to make. The slow files come first.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder
# No time stamps, no name or version of a machine's own kernel, one-line tracebacks:
# what did not change is the same bytes again.
EXECUTE_OPTIONS := --ExecutePreprocessor.record_timing=False \
    --ExecutePreprocessor.extra_arguments="['--InteractiveShell.xmode=Minimal', '--log-level=40']" \
    --NotebookExporter.preprocessors=nbconvert.preprocessors.CoalesceStreamsPreprocessor \
    --ClearMetadataPreprocessor.enabled=True \
    --ClearMetadataPreprocessor.clear_cell_metadata=False \
    --ClearMetadataPreprocessor.preserve_nb_metadata_mask="{'kernelspec', ('language_info', 'name')}"

.DEFAULT_GOAL := help
.PHONY: help book test test-library test-chapter seeds style execute serve screenshots pdf \
    release grade slides present rehearse accuracy bench mutants lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

book: $(READY) _build/fresh ## build the book and its slides into _build/html
	@echo "== Building the book"
	@$(BIN)/python -m exercises.generate
	@$(BIN)/jupyter-book build . -W -n --keep-going
	@echo "== The book is built. Open $(CURDIR)/_build/html/index.html, or run: make serve"

# Sphinx notices changed pages; a change of anything else starts the build afresh.
_build/fresh: _config.yml _toc.yml back_matter/references.bib website/package-lock.json \
    $(wildcard website/*/* website/*/*/* xent_lib/* xent_lib/*/* benchmarks/*)
	@rm -rf _build && mkdir _build && touch $@

test: style book ## check everything: style, library, notebooks, pages, slides, exercises
	@echo "== Testing the library, the notebooks and the built pages"
	@$(PYTEST)

test-library: $(READY) ## check the library alone, with the examples of its docstrings
	@$(PYTEST) xent_lib tests/library

test-chapter: $(READY) ## check one chapter, its page, slides and exercises: make test-chapter CHAPTER=05
	@$(if $(CHAPTER),,echo "Name the chapter by its number: make test-chapter CHAPTER=05"; exit 2)
	@# First what is missing, for without it the book cannot be built.
	@$(PYTEST) -k "$(CHAPTER)_" tests/book/test_chapter_lists.py
	@$(MAKE) --no-print-directory book
	@$(PYTEST) -k "$(CHAPTER)_" chapters exercises/source tests/book tests/exercises

seeds: $(READY) ## run every chapter with other seeds; its conclusions must hold: make seeds SHIFTS=10
	@SHIFTS=$(or $(SHIFTS),3) $(PYTEST) --dist load tests/book/other_seeds.py

style: $(READY)
	@echo "== Checking code style"
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/mypy
	@$(BIN)/actionlint

execute: $(READY) ## run chapters and exercises again in place, all or one: make execute CHAPTER=05
	@$(BIN)/ruff format $(NOTEBOOKS)
	@$(BIN)/ruff check --fix $(NOTEBOOKS)
	@echo "== Running the chapters and exercises"
	@$(BIN)/jupyter nbconvert --to notebook --inplace --execute $(EXECUTE_OPTIONS) $(NOTEBOOKS)
	@echo "== The chapters are up to date; git diff shows what changed. Next: make test"

serve: book ## show the book on a local web server
	@echo "== Serving the book at http://127.0.0.1:8000 (Ctrl-C stops it)"
	@$(BIN)/python -m http.server 8000 --bind 127.0.0.1 --directory _build/html

release: $(READY) ## make the students' exercise notebooks, in exercises/release
	@$(BIN)/python -m exercises.generate
	@ls exercises/release/*/*.ipynb

grade: .venv-grading/ready ## grade a folder of submissions: make grade SUBMISSIONS=folder
	@CONFINED=$(CONFINED) EXAM=$(EXAM) $(GRADING)/python -m exercises.grade $(if $(SUBMISSIONS),"$(SUBMISSIONS)")

slides: book ## make the slides; they are part of the book
	@echo "== The slides are in $(CURDIR)/_build/html/slides"

present: export JUPYTER_DATA_DIR := $(CURDIR)/_build/jupyter
present: export JUPYTER_PATH := $(CURDIR)/_build/jupyter
present: $(READY) .venv-grading/ready ## teach from copies of the chapters: slides to edit and run
	@$(BIN)/python -m website.present
	@echo "== Presenting copies of the chapters, made anew each time, from _build/present"
	@$(GRADING)/jupyter lab _build/present --config website/present_config.py

rehearse: $(READY) .venv-grading/ready ## try the grading on odd and hostile submissions (forty minutes on a busy machine)
	@$(BIN)/pytest tests/exercises/rehearse_*.py

screenshots: book ## photograph every page, light and dark, wide and narrow, into _build/screenshots
	@$(BIN)/python -m website.browser.screenshots

pdf: book ## print the whole book into _build/book.pdf
	@$(BIN)/jupyter-book build . --builder singlehtml -W -n --keep-going
	@$(BIN)/python -m website.browser.pdf
	@echo "== The book is printed: $(CURDIR)/_build/book.pdf"

accuracy: $(READY) ## measure the accuracy of the library next to others (ten seconds)
	@$(BIN)/python benchmarks/accuracy.py

bench: .venv/measuring ## measure the speed of the library next to others (two minutes)
	@mkdir -p _build
	@$(BIN)/pytest -p no:nbval -o addopts= benchmarks/bench_cross_entropy.py -q \
	    --benchmark-quiet --benchmark-json=_build/timings.json
	@$(BIN)/python benchmarks/summarize.py _build/timings.json

mutants: .venv/measuring ## change the library in thousands of places; the tests must notice (an hour)
	@$(BIN)/python benchmarks/mutants.py

lock: $(READY) ## renew the constraints from the requirements
	@$(BIN)/$(PIP) -q uv
	@rm -f constraints.txt exercises/constraints.txt
	@cat requirements.txt benchmarks/requirements.txt | grep -v '^-' | $(BIN)/uv pip compile - \
	    --output-file constraints.txt -q \
	    --universal --python-version 3.10 --fork-strategy fewest --no-header --no-annotate
	@grep -v '^-' exercises/requirements.txt | $(BIN)/uv pip compile - -c constraints.txt \
	    --output-file exercises/constraints.txt -q --universal --python-version 3.11 \
	    --fork-strategy fewest --no-header --no-annotate
	@echo "== The constraints are renewed; git diff shows what changed. Next: make test"

clean: ## remove everything that was built, .venv too; graded work stays
	rm -rf _build .venv .venv-grading website/node_modules exercises/*.ipynb exercises/release
	rm -rf .pytest_cache .ruff_cache .hypothesis .mypy_cache *.egg-info
	find $(CODE) -name __pycache__ -prune -exec rm -rf {} +

$(READY): requirements.txt constraints.txt pyproject.toml website/package-lock.json
	@$(PYTHON) .ci/check_python.py "The book" 3.10 3.13
	@echo "== Setting up .venv: 2 to 6 GB, two to six minutes"
	@$(PYTHON) -m venv .venv
	@# Where that index cannot be reached within seconds, the next line takes the usual build.
	@$(BIN)/$(PIP) -q --timeout 5 --retries 0 --no-deps --index-url $(TORCH_CPU) \
	    $$(grep '^torch==' requirements.txt) 2>/dev/null || true
	@$(BIN)/$(PIP) -r requirements.txt
	@$(BIN)/npm ci --prefix website --no-audit --no-fund
	@touch $@

.venv/measuring: $(READY) benchmarks/requirements.txt
	@$(BIN)/$(PIP) -q -r benchmarks/requirements.txt
	@touch $@

.venv-grading/ready: exercises/requirements.txt exercises/constraints.txt pyproject.toml
	@$(PYTHON) .ci/check_python.py "nbgrader" 3.11 3.13
	@echo "== Setting up .venv-grading: about 400 MB, one minute"
	@$(PYTHON) -m venv .venv-grading
	@$(GRADING)/$(PIP) -q -r exercises/requirements.txt
	@touch $@
