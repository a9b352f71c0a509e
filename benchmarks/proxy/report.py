# SPDX-License-Identifier: Apache-2.0
"""Medians over rounds, ratios to the first contestant of the same round, and the table that shows them."""
import statistics
from dataclasses import dataclass


@dataclass
class Column:
    key: str
    heading: str
    digits: int = 1
    ratio: bool = False


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
