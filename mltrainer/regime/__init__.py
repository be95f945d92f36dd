"""The market's regime: a score from 0 to 100 and filtered probabilities of hidden states, as known on each day."""
