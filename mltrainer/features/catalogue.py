"""All features, in the order of the columns."""

from mltrainer.features.bars import Feature
from mltrainer.features.market import MARKET
from mltrainer.features.momentum import MOMENTUM
from mltrainer.features.technical import TECHNICAL
from mltrainer.features.volatility import VOLATILITY
from mltrainer.features.volume import VOLUME

FEATURES: tuple[Feature, ...] = (*MOMENTUM, *VOLATILITY, *VOLUME, *TECHNICAL, *MARKET)

RANKED = ("mom_12_1", "mom_21", "reversal_5", "vol_21", "volume_z")
"""Features that also come as their rank among the members of the date (Gu, Kelly & Xiu 2020)."""
