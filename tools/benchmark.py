"""Measures how fast the package is, beside others, and says which targets hold.

usage: python -m tools.benchmark [--quick] [--ratings SOURCE] [--rounds N] [--only NAME ...]
                                 [--readme]

Contestants take turns in one run; what is compared is the ratio of minimums over the rounds,
with that of medians beside it. The table goes to the terminal, a drawing to build/; with
--readme also to the README, with images/benchmark.png. The exit code says only whether it ran:
a target that does not hold is part of the report.
"""

import argparse
from dataclasses import replace

from tqdm import tqdm

from tools.bench import data, measurements, readme, report
from tools.paths import ROOT

DRAWING = ROOT / "build" / "benchmark.png"
IN_README = (measurements.accuracy, measurements.race, measurements.who_rated, measurements.large)


def run(ratings, plan, chosen=measurements.MEASUREMENTS, drawing=DRAWING):
    """Measure, print the table as it grows, draw it, and return the sections."""
    caption = f"{ratings.source} ratings; {report.machine()}"
    print(f"Ratings: {ratings.source}, {len(ratings):,} of them")
    print(f"Machine: {report.machine()}")
    print(f"Rounds: {plan.n_rounds}, contestants in turns; judged: ours / theirs, of minimums")
    sections = []
    for measure in chosen:
        with tqdm(desc=measure.__name__, unit=" round", leave=False) as bar:
            sections.append(measure(ratings, replace(plan, tick=bar.update)))
        print("\n".join(report.table(sections[-1])), flush=True)
    print(f"\n{report.verdict(sections)}; machine at the end: {report.machine()}")
    if measurements.race in chosen:
        report.draw(sections, drawing, caption)
        print(f"Drawn in {drawing.relative_to(ROOT) if drawing.is_relative_to(ROOT) else drawing}")
    return sections


def parse(arguments=None):
    names = {measure.__name__: measure for measure in measurements.MEASUREMENTS}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a short run, for a first look")
    parser.add_argument("--ratings", help="where ratings come from, as load_ratings' source")
    parser.add_argument("--rounds", type=int, help="turns for each contestant")
    parser.add_argument("--readme", action="store_true", help="write the README's section too")
    parser.add_argument("--only", nargs="+", choices=names, default=list(names))
    options = parser.parse_args(arguments)
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds must be at least 1")
    options.measurements = [names[name] for name in names if name in options.only]
    return options


def main():
    options = parse()
    plan = measurements.QUICK if options.quick else measurements.Plan()
    if options.rounds:
        plan = replace(plan, n_rounds=options.rounds)
    sections = run(data.load(options.ratings), plan, options.measurements)
    if options.readme:
        told = [s for m, s in zip(options.measurements, sections, strict=True) if m in IN_README]
        readme.write(told, report.machine())


if __name__ == "__main__":
    main()
