# Two commands do everything on a fresh machine: `make run` and `make test`. Both set up first what is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= ../shared/data
RUN ?= runs/adapter
STEPS ?= 450
CASES ?= 10000
PROCESSES ?= 2
EXTRAS ?= dev

.PHONY: setup run test demo fuzz hostile load lock train train-translator clean

# The name has the extras, so that other extras are installed anew.
INSTALLED := $(VENV)/.installed-$(EXTRAS)

$(INSTALLED): pyproject.toml scripts/setup.py $(wildcard requirements/*.txt)
	$(PYTHON) scripts/setup.py --extras $(EXTRAS) $(VENV)
	@rm -f $(VENV)/.installed-* && touch $@

setup: $(INSTALLED)
	@$(BIN)/python -W ignore -m models.builtin >/dev/null

run: setup
	$(BIN)/breve serve

test: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest

demo: setup
	$(BIN)/breve summarize --headline examples/article.txt
	$(BIN)/breve summarize --headline --lang en examples/article.txt

# Trains an adapter for the built-in model, at low priority, in PROCESSES processes of one thread each; a stopped run goes on
# where it was. STEPS sets how long; OPTIONS has more, such as '--gold-per-step 2 --sentences-per-step 24' for the gold summaries.
train: setup
	$(BIN)/python -W ignore -m models.training.base --out $(RUN)/base
	OMP_NUM_THREADS=1 nice -n 19 $(BIN)/python -W ignore -m torch.distributed.run --standalone --nproc-per-node $(PROCESSES) \
		-m models.training.train --base $(RUN)/base --data $(DATA) --out $(RUN) --steps $(STEPS) $(OPTIONS)

# The same for the built-in translator, with all pairs of sentences; some three hours on two cores that have nothing else to do.
train-translator: setup
	nice -n 19 $(BIN)/python -W ignore -m models.training.translation.train --data $(DATA) --out $(RUN)-translator $(OPTIONS)

# Thousands of generated requests against the service around a scripted engine: none may be answered otherwise than documented.
fuzz: setup
	FUZZ_CASES=$(CASES) $(BIN)/pytest -s tests/service/api/test_openapi.py

# Texts that no newspaper prints, 200,000 characters of one unit each, in ten minutes at most: the slowest and the memory. A few
# go to the built-in models, too.
hostile: setup
	$(BIN)/python -W ignore -m tests.hostile

load: setup
	scripts/load.sh $(BIN)/python

# Renews requirements/ with the newest releases that pyproject.toml allows. Needs a package registry.
lock:
	$(PYTHON) scripts/lock.py

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build dist *.egg-info
