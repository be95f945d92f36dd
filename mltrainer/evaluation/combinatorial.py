"""Combinatorial purged cross-validation: many histories of out-of-sample predictions over the same sessions."""

from dataclasses import dataclass
from itertools import combinations

from mltrainer.evaluation.splits import MINIMUM_TRAIN
from mltrainer.settings.errors import DataError

Span = tuple[int, int]


@dataclass(frozen=True)
class CombinatorialSplit:
    """One choice of groups to test and what may train for them; spans are half-open session positions.

    Parameters
    ----------
    tested
        Numbers of the groups that are tested, in rising order.
    test
        Their sessions, a span each.
    train
        Sessions whose labels meet no label of a tested session, in rising order.
    """

    tested: tuple[int, ...]
    test: tuple[Span, ...]
    train: tuple[Span, ...]

    @property
    def train_sessions(self) -> int:
        """Return how many sessions are trained on."""
        return sum(stop - start for start, stop in self.train)


def combinatorial_splits(
    first: int, stop: int, *, groups: int, tested: int, horizon_end: int, embargo: int
) -> list[CombinatorialSplit]:
    """Return every way to test some groups of sessions and to train on the others (López de Prado 2018, ch. 12).

    The sessions ``first`` .. ``stop - 1`` are cut into groups of equal size (the first ones a session longer where they
    must); those before ``first`` are never tested. A session trains where its label, which ends ``horizon_end``
    sessions later, is settled before a tested group begins, or where it begins itself more than ``horizon_end`` and
    ``embargo`` sessions after the group's last one: then neither label looks at a session of the other.

    It trains on the future of what it tests. That shows how figures vary over other histories; it is no record of what
    anyone could have known.

    Parameters
    ----------
    first, stop
        Tested sessions, half-open.
    groups, tested
        Into how many groups they are cut, and how many of these are tested at a time.

    Raises
    ------
    DataError
        If a group would be empty, or a split would train on fewer than 63 sessions.
    """
    edges = _edges(first, stop, groups)
    splits = []
    for chosen in combinations(range(groups), tested):
        test = tuple((edges[group], edges[group + 1]) for group in chosen)
        split = CombinatorialSplit(chosen, test, _train(test, stop, horizon_end, embargo))
        if min(end - start for start, end in test) < 1 or split.train_sessions < MINIMUM_TRAIN:
            raise DataError(
                f"too little data for {groups} groups of which {tested} are tested: {max(split.train_sessions, 0)} of "
                f"{stop} sessions are left to train on after the purge, {MINIMUM_TRAIN} are needed",
                hint="bring a longer history, or take a shorter horizon",
                code="data_insufficient",
            )
        splits.append(split)
    return splits


def paths_of(splits: list[CombinatorialSplit]) -> list[dict[int, int]]:
    """Return the histories that the splits make up: each tests every group once, by another split.

    Returns
    -------
    paths
        ``comb(groups - 1, tested - 1)`` of them: the split, by its place, that tests each group.
    """
    testing: dict[int, list[int]] = {}
    for place, split in enumerate(splits):
        for group in split.tested:
            testing.setdefault(group, []).append(place)
    return [dict(zip(testing, places, strict=True)) for places in zip(*testing.values(), strict=True)]


def _edges(first: int, stop: int, groups: int) -> list[int]:
    size, more = divmod(stop - first, groups)
    return [first + group * size + min(group, more) for group in range(groups + 1)]


def _train(test: tuple[Span, ...], stop: int, horizon_end: int, embargo: int) -> tuple[Span, ...]:
    """Return what is left between tested groups, which follow one another in rising order."""
    spans, start = [], 0
    for begins, ends in test:
        spans.append((start, begins - horizon_end))
        start = ends + horizon_end + embargo
    spans.append((start, stop))
    return tuple((start, end) for start, end in spans if start < end)
