# make            install, build the site, regenerate the exercises, grade a sample class
# make test       everything that must pass
# make help       the rest

BIN := .venv/bin
INSTALLED := .venv/.installed
ASSIGNMENTS := $(patsubst solutions/%/,%,$(dir $(wildcard solutions/*/*.py)))
EXERCISES := $(foreach name,$(ASSIGNMENTS),exercises/$(name)/$(name).ipynb)
ATTNLIB := $(shell find attnlib -name '*.py')
GRADER := $(wildcard grader/*.py) nbgrader_config.py tools/grade_sample.py
BOOK := _config.yml _toc.yml $(wildcard tools/sphinx_*.py) $(shell find chapters -type f) $(wildcard references.bib)
SITE := _build/html/index.html
MARKS := _build/sample-class/marks.txt
PORT := 8000

.PHONY: all test site exercises grade-sample serve clean help
.DELETE_ON_ERROR:

all: $(SITE) $(EXERCISES) $(MARKS)
	@cat $(MARKS)
	@echo
	@echo "The site is in _build/html. To read it: make serve, then http://localhost:$(PORT)"
	@echo "The class is in _build/sample-class: submissions, graded notebooks, feedback, grades.csv"

test: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest

site: $(SITE)

exercises: $(EXERCISES)

grade-sample: $(MARKS)
	@cat $(MARKS)

serve: $(SITE)
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

clean:
	rm -rf _build solutions/*/*.ipynb

help:
	@echo "make                install, build the site, regenerate the exercises, grade a sample class"
	@echo "make test           lint, unit tests, drift of exercises/, grading, a build of the book"
	@echo "make site           build the site into _build/html; warnings are errors"
	@echo "make serve          serve it on http://localhost:$(PORT) (PORT=8001 for another)"
	@echo "make exercises      regenerate exercises/ from solutions/"
	@echo "make grade-sample   grade a class of made-up submissions"
	@echo "make clean          remove what was built; .venv stays"

$(INSTALLED): requirements.txt pyproject.toml tools/setup.sh
	sh tools/setup.sh

exercises/%.ipynb: solutions/%.py nbgrader_config.py grader/sources.py | $(INSTALLED)
	$(BIN)/nbgrader generate_assignment --no-db --log-level=WARN $(notdir $*)

# executed chapters are kept until the library they import changes
_build/.executed-with: $(ATTNLIB) | $(INSTALLED)
	rm -rf _build/.jupyter_cache
	mkdir -p _build
	touch $@

# the pages' own state is dropped after a failure, or the next run would not see the warnings again
$(SITE): $(BOOK) $(EXERCISES) _build/.executed-with | $(INSTALLED)
	$(BIN)/jupyter-book build -W -n --keep-going . || { rm -rf _build/.doctrees _build/html; exit 1; }
	touch $@

$(MARKS): $(EXERCISES) $(ATTNLIB) $(GRADER) | $(INSTALLED)
	$(BIN)/python tools/grade_sample.py $(ASSIGNMENTS)
	for name in $(ASSIGNMENTS); do $(BIN)/python -m grader marks $$name --root _build/sample-class; done > $@
