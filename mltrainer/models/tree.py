"""Decision tree."""

from sklearn.tree import DecisionTreeClassifier


class DecisionTree(DecisionTreeClassifier):
    """One shallow decision tree (Breiman et al. 1984); missing values are split natively.

    Parameters
    ----------
    max_depth
        Depth of the tree.
    min_samples_leaf
        Rows in a leaf.
    """

    def __init__(self, max_depth: int = 5, min_samples_leaf: int = 500, random_state: int = 0) -> None:
        super().__init__(max_depth=max_depth, min_samples_leaf=min_samples_leaf, random_state=random_state)
