# make            install, build the site, regenerate the exercises, grade a sample class
# make test       everything that must pass
# make help       the rest

BIN := .venv/bin
INSTALLED := .venv/.installed
TESTABLE := .venv/.testable
ASSIGNMENTS := $(patsubst solutions/%/,%,$(dir $(wildcard solutions/*/*.py)))
EXERCISES := $(foreach name,$(ASSIGNMENTS),exercises/$(name)/$(name).ipynb)
ATTNLIB := $(shell find attnlib -type f -not -name '*.pyc' -not -path 'attnlib/live/js/*')
GRADER := $(shell find grader -type f -not -name '*.pyc' -not -path 'grader/build/*') nbgrader_config.py tools/grade_sample.py
DRAWN_WITH := $(shell find chapters/_static chapters/_extra attnlib/live/js -type f) $(wildcard tools/sphinx_*.py tools/theme/*) $(shell find tools/solve -type f -not -name '*.pyc')
BOOK := _config.yml _toc.yml references.bib $(shell find chapters -type f) $(wildcard tools/students/*) tools/student_kit.py
SITE := _build/html/index.html
MARKS := _build/sample-class/marks.txt
SAMPLE := 05-softmax
PORT := 8000
export DENO_DIR := $(CURDIR)/_build/.deno

.PHONY: all test bench train site pdf exercises students grade-sample worksheet serve clean help
.DELETE_ON_ERROR:

all: $(SITE) $(EXERCISES) $(MARKS)
	@cat $(MARKS)
	@echo
	@echo "The site is in _build/html. To read it: make serve, then http://localhost:$(PORT)"
	@echo "The class is in _build/sample-class: submissions, graded notebooks, feedback, grades.csv"

# several files of tests at a time: a thread each
test: export OPENBLAS_NUM_THREADS = 1
test: $(INSTALLED) $(TESTABLE)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/deno lint --quiet
	$(BIN)/deno fmt --check --quiet
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

bench: $(SITE)
	$(BIN)/python tools/bench_attention.py
	$(BIN)/python tools/bench_learning.py
	$(BIN)/python tools/bench_grading.py
	$(BIN)/python tools/bench_live.py
	$(BIN)/python tools/bench_site.py

train: | $(INSTALLED)
	$(BIN)/python tools/train.py $(NAME)

site: $(SITE)

# the site may be newer than its PDF, and then doesn't name it
pdf: $(SITE)
	$(BIN)/python tools/book_pdf.py

exercises: $(EXERCISES)

students: $(EXERCISES)
	$(BIN)/python tools/student_kit.py

grade-sample: $(EXERCISES)
	$(BIN)/python tools/grade_sample.py $(SAMPLE)
	@cat $(MARKS)

worksheet: | $(INSTALLED)
	$(BIN)/python tools/worksheet.py --output _build/worksheet $(if $(SEED),--seed $(SEED))

serve: $(SITE)
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

# without Python nothing says which notebooks were made by hand, and all of them stay
clean:
	if [ -x $(BIN)/python ]; then $(BIN)/python -c "from grader.notebook.percent import remove_notebooks; remove_notebooks('solutions')"; fi
	rm -rf _build

help:
	@echo "make                install, build the site, regenerate the exercises, grade a sample class"
	@echo "make test           lint, unit tests, drift of exercises/, grading, a build of the book"
	@echo "make bench          speed of attention (with PyTorch), of grading (with stock nbgrader) and of pages (with npm)"
	@echo "make train          train the models of attnlib/trained again (NAME=park for one of them)"
	@echo "make site           build the site into _build/html; warnings are errors"
	@echo "make pdf            print the book into one PDF, _build/html/spotlight.pdf (with Chromium)"
	@echo "make serve          serve it on http://localhost:$(PORT) (PORT=8001 for another)"
	@echo "make exercises      regenerate exercises/ from solutions/"
	@echo "make students       pack the exercises for students into _build/spotlight-students.zip"
	@echo "make grade-sample   grade a class of made-up submissions (SAMPLE='01-spotlight 07-masks' for others)"
	@echo "make worksheet      write the printable worksheet and its key (SEED=7 for another)"
	@echo "make clean          remove what was built; .venv stays"

$(INSTALLED): requirements.txt pyproject.toml grader/pyproject.toml tools/setup.sh
	sh tools/setup.sh

$(TESTABLE): tools/setup.sh | $(INSTALLED)
	sh tools/setup.sh test

exercises/%.ipynb: solutions/%.py nbgrader_config.py grader/notebook/percent.py | $(INSTALLED)
	$(BIN)/nbgrader generate_assignment --no-db --log-level=WARN $(notdir $*)

# executed chapters are kept until the library they import or the way they draw changes
_build/.executed-with: $(ATTNLIB) tools/sphinx_figures.py | $(INSTALLED)
	rm -rf _build/.jupyter_cache _build/.doctrees
	mkdir -p _build
	touch $@

# Sphinx writes a page again when its text changes; what all pages are drawn with is noticed here
_build/.drawn-with: $(DRAWN_WITH) | $(INSTALLED)
	rm -rf _build/.doctrees
	mkdir -p _build
	touch $@

# models are small: two threads that share a busy core train them several times slower than one
$(SITE): export OPENBLAS_NUM_THREADS = 1
# the pages' own state is dropped after a failure, or the next run would not see the warnings again
$(SITE): $(BOOK) $(EXERCISES) _build/.executed-with _build/.drawn-with | $(INSTALLED)
	$(BIN)/jupyter-book build -W -n --keep-going . || { rm -rf _build/.doctrees _build/html; exit 1; }
	touch $@

$(MARKS): $(EXERCISES) $(ATTNLIB) $(GRADER) | $(INSTALLED)
	$(BIN)/python tools/grade_sample.py $(SAMPLE)
