# Thin on purpose: each target is a line or two, the work is in tools/ and pytest.
# make lab PORT=8899          another port            make test PYTHON=python3.13   another Python
# make lab WHEELS=/media/stick/wheels                 packages from a folder, no network
PYTHON ?= python3
PORT ?= 8888
TO ?= stick
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_TEST := $(VENV)/.ready-test
WHEELS ?=
READY_SITE := $(VENV)/.ready-site
READY_SPARK := $(VENV)/.ready-spark
JAVA := $(shell command -v java)
INSTALL := $(BIN)/python -m tools.install
FROM := $(if $(WHEELS),"$(WHEELS)")

.DEFAULT_GOAL := help
.PHONY: help lab lab-spark test test-real notebooks images bench lint handouts lecture stick site clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' Makefile

lab: $(READY)  ## set up if needed, open JupyterLab on page 01
	@$(BIN)/python -m tools.open_lab --port $(PORT)

lab-spark: $(READY_SPARK)  ## the same on page 10, with Spark (needs Java 17 or newer)
	@$(if $(JAVA),,echo "Java was not found, so page 10 will skip its Spark cells: install Java 17 or newer (Debian, Ubuntu: apt install openjdk-17-jre-headless)")
	@$(BIN)/python -m tools.open_lab --port $(PORT) --page 10

# Where Java is, Spark is tested, too.
test: lint $(if $(JAVA),$(READY_SPARK))  ## everything that CI checks, style included
	@$(BIN)/python -m pytest

test-real: $(READY_TEST) $(if $(JAVA),$(READY_SPARK))  ## each page twice on the real ratings, and a cluster (minutes)
	@MFHELPERS_TEST_REAL=1 $(BIN)/python -m pytest tests/test_pages_real.py tests/test_spark.py

notebooks: $(READY_TEST)  ## execute all pages in place, on the real ratings
	@$(BIN)/python -m tools.execute_notebooks

images: $(READY_TEST)  ## redraw every drawing of the pages
	@$(BIN)/python -m tools.draw_images

bench: $(READY)  ## speed, beside other libraries (in an environment of its own)
	@$(BIN)/python -m tools.benchmark

lint: $(READY_TEST)  ## style of the code, pages included
	@$(BIN)/ruff check -q . && $(BIN)/ruff format -q --check mfhelpers tools tests site

handouts: $(READY)  ## pages for students (no solutions) and teachers, also for paper, in handouts/
	@$(BIN)/python -m tools.make_handouts

lecture: $(READY)  ## the course's twelve lecture cells as one notebook, in handouts/
	@$(BIN)/python -m tools.make_lecture

stick: $(READY)  ## course and packages into a folder, for a room without network: TO=folder
	@$(BIN)/python -m tools.make_stick $(TO)

site: $(READY_SITE)  ## the website from the same pages, in build/site/
	@$(BIN)/python -m tools.make_site

clean:  ## forget the environments
	rm -rf $(VENV) .bench-venv

# A new environment, or new packages where a requirement changed since the last set-up.
$(READY): requirements.txt requirements/constraints.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) was not found: install Python 3.11 or newer, or say which one: make lab PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m tools.check_machine
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing the course's packages (a minute or two, once) ..."
	@$(INSTALL) requirements.txt $(FROM)
	@touch $(READY)

# What tests and maintainers need besides; no reader waits for it.
$(READY_TEST): $(READY) requirements/test.txt requirements/site.txt
	@echo "Adding what the tests need (once) ..."
	@$(INSTALL) requirements/test.txt $(FROM)
	@touch $(READY_TEST)

$(READY_SITE): $(READY) requirements/site.txt
	@echo "Adding what the website needs (once) ..."
	@$(INSTALL) requirements/site.txt $(FROM)
	@touch $(READY_SITE)

# Spark, for page 10: a large download that most readers do without.
$(READY_SPARK): $(READY) requirements/spark.txt
	@echo "Adding Spark (450 MB, a few minutes, once) ..."
	@$(INSTALL) requirements/spark.txt $(FROM)
	@touch $(READY_SPARK)
