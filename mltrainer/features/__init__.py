"""From a panel to feature matrices: pure functions on arrays, each value known after the close of its session."""
