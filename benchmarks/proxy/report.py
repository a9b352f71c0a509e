# SPDX-License-Identifier: Apache-2.0
"""Medians over rounds, ratios to the first contestant of the same round, and the table that shows them; what was aimed
at."""
import statistics
from dataclasses import dataclass


@dataclass
class Column:
    key: str
    heading: str
    digits: int = 1
    ratio: bool = False


@dataclass
class Target:
    """What a figure of a contestant may be at most; with `to`, its ratio to that contestant."""
    label: str
    key: str
    most: float
    to: str = ''
    what: str = ''  # Where the heading does not say it.


def median(rounds, key):
    return statistics.median(figures[key] for figures in rounds)


def ratio(rounds, base_rounds, key):
    """The median of the ratios of each round: what slows a whole round falls out."""
    ratios = [figures[key] / base[key] for figures, base in zip(rounds, base_rounds) if base[key] > 0]
    return statistics.median(ratios) if ratios else float('nan')


def summarise(results, columns):
    """{label: [figures of each round]} to {label: {key: median, key_ratio: ratio}}; the first label is the base."""
    base = next(iter(results.values()))
    return {label: {column.key: median(rounds, column.key) for column in columns}
            | {f'{column.key}_ratio': ratio(rounds, base, column.key) for column in columns if column.ratio}
            for label, rounds in results.items()}


def print_table(title, summary, columns):
    print(f'\n{title}')
    width = max(len(label) for label in summary) + 2
    heads = (f'{column.heading:>14}' + (f'{"ratio":>7}' if column.ratio else '') for column in columns)
    print(' ' * (width + 2) + ''.join(heads))
    for label, figures in summary.items():
        line = f'  {label:{width}}'
        for column in columns:
            line += f'{figures[column.key]:14,.{column.digits}f}'
            if column.ratio:
                line += f'{figures[column.key + "_ratio"]:7.2f}'
        print(line, flush=True)


def print_targets(targets, results, columns):
    headings = {column.key: column.heading for column in columns}
    for target in targets:
        if target.to:
            reached = ratio(results[target.label], results[target.to], target.key)
        else:
            reached = median(results[target.label], target.key)
        print(f'  {target.what or headings[target.key]}, {target.label}{" to " + target.to if target.to else ""}: {reached:.3g}, '
              f'at most {target.most:.3g} is aimed at: {"reached" if reached <= target.most else "missed"}', flush=True)
