import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mltrainer.data.barstore import DAILY, BarStore
from mltrainer.data.load import known_tickers, load_panel, wanted_of
from mltrainer.data.stored import inventory
from mltrainer.settings.errors import DataError, TemporaryError
from mltrainer.settings.request import DataRequest
from tests.data.bars import frame

SPAN = ("2016-01-04", "2016-03-31")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[BarStore]:
    store = BarStore(tmp_path / "bars")
    yield store
    store.close()


def fill(store: BarStore, bars: pd.DataFrame) -> None:
    for ticker, own in bars.groupby("ticker"):
        store.put(str(ticker), own.drop(columns="ticker"), SPAN, basis="2016-04-01")


def test_what_is_put_is_what_is_read_by_anybody(store: BarStore) -> None:
    bars = frame()
    fill(store, bars)
    other = BarStore(store.folder)
    read = other.read()
    other.close()

    read["ticker"] = read["ticker"].astype(str)
    pd.testing.assert_frame_equal(read, bars[read.columns], check_dtype=False)
    assert list(store.read(["NA", "ZZZ"])["ticker"].unique()) == ["NA"]


def test_a_panel_of_the_store_equals_the_panel_of_a_file_with_the_same_bars(store: BarStore, tmp_path: Path) -> None:
    bars = frame()
    fill(store, bars)
    bars.to_csv(tmp_path / "bars.csv", index=False)
    stored = load_panel(DataRequest(source="polygon", data=store.folder))
    filed = load_panel(DataRequest(source="files", data=tmp_path / "bars.csv"))

    assert (stored.source, stored.simulated, stored.tickers) == ("polygon", False, filed.tickers)
    np.testing.assert_array_equal(stored.close, filed.close)


def test_without_anything_fetched_the_command_that_fetches_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nothing was fetched") as caught:
        load_panel(DataRequest(source="polygon", data=tmp_path / "bars"))
    assert caught.value.exit_code == 6 and "mltrainer data fetch --source polygon" in caught.value.hint


def test_a_file_that_is_not_what_was_written_is_refused(store: BarStore) -> None:
    fill(store, frame())
    file = store.folder / store.manifest.files(DAILY, ["BBB"])[0]["file"]
    body = file.read_bytes()
    file.write_bytes(body[:-1] + bytes([body[-1] ^ 1]))

    assert len(store.read(["AAA"])) == 60
    with pytest.raises(DataError, match="not what was written"):
        store.read(["BBB"])
    file.unlink()
    with pytest.raises(DataError, match="missing"):
        store.read(["BBB"])


def test_one_process_fetches_at_a_time_and_the_next_may_when_it_is_done(store: BarStore) -> None:
    other = BarStore(store.folder)
    with store.lock(), pytest.raises(TemporaryError, match="another process"), other.lock():
        raise AssertionError("two held the lock")
    with other.lock():
        pass
    other.close()


def test_what_was_replaced_is_removed_by_the_next_fetch_and_a_reader_in_between_is_served(store: BarStore) -> None:
    bars = frame(("AAA",))
    fill(store, bars.head(30))
    reader = BarStore(store.folder)
    before = reader.manifest.files(DAILY)
    fill(store, bars)
    with store.lock():
        assert len(list((store.folder / DAILY).iterdir())) == 1
    assert before[0]["file"] != reader.manifest.files(DAILY)[0]["file"]
    assert len(reader.read()) == 60
    reader.close()


def test_only_the_owner_can_read_what_is_stored(store: BarStore) -> None:
    fill(store, frame())
    for path in (store.folder, *store.folder.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0


def test_the_inventory_says_what_is_there_and_how_old(store: BarStore) -> None:
    fill(store, frame())
    facts = inventory(store.folder)["bars"]

    assert isinstance(facts, dict)
    assert (facts["names"], facts["rows"], facts["asked_to"]) == (4, 240, "2016-03-31")
    assert 0 <= facts["age_hours"] < 1 and facts["from"] == "Polygon"


WRITER = """
import sys
from pathlib import Path
import pandas as pd
from mltrainer.data.barstore import BarStore
from tests.data.bars import frame
store = BarStore(Path(sys.argv[1]))
bars = frame(("AAA", "BBB"))
with store.lock():
    print("writing", flush=True)
    for number in range(1, 100000):
        for ticker, own in bars.groupby("ticker"):
            own = own.drop(columns="ticker").assign(volume=float(number))
            store.put(ticker, own, ("2016-01-04", "2016-03-31"), basis="2016-04-01")
            print(number, flush=True)
"""


@pytest.mark.parametrize("after", [3, 8, 9, 20])
def test_killed_at_any_point_the_store_holds_what_was_valid(after: int, store: BarStore) -> None:
    root = Path(__file__).resolve().parents[2]
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(store.folder)], stdout=subprocess.PIPE, text=True, cwd=root
    )
    assert writer.stdout
    done = [writer.stdout.readline() for _ in range(after)]
    with pytest.raises(TemporaryError), store.lock():
        pass
    os.kill(writer.pid, signal.SIGKILL)
    done += writer.stdout.readlines()
    writer.wait()
    writer.stdout.close()
    last = int(done[-1])

    bars = store.read()
    volumes = bars.groupby("ticker")["volume"].unique()
    assert len(bars) == 120
    # Each ticker is whole, and as new as its last finished writing, or one newer.
    assert all(len(one) == 1 and one[0] in (last - 1, last, last + 1) for one in volumes)
    with store.lock():
        files = {path.name for path in (store.folder / DAILY).iterdir()}
    assert files == {Path(row["file"]).name for row in store.manifest.files(DAILY)}


def test_a_manifest_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "manifest.db").write_bytes(b"not a database" * 100)

    with pytest.raises(DataError, match="cannot be used"):
        BarStore(tmp_path)


def test_a_change_that_breaks_leaves_nothing_behind(store: BarStore) -> None:
    fill(store, frame())
    before = store.manifest.asked(DAILY)
    with pytest.raises(DataError, match="cannot be used"), store.manifest.change() as database:
        database.execute("DELETE FROM asked")
        database.execute("DELETE FROM nowhere")

    assert store.manifest.asked(DAILY) == before


def test_a_trial_touches_only_the_tickers_of_its_universe(store: BarStore) -> None:
    fill(store, frame(("AAPL", "MSFT", "ZZZ")))
    damaged = store.folder / store.manifest.files(DAILY, ["ZZZ"])[0]["file"]
    damaged.write_bytes(b"PAR1 no longer what was written")
    request = DataRequest(source="polygon", data=store.folder)

    assert request.default_universe == "sp500-200"
    chosen = wanted_of(request, request.default_universe)
    panel = load_panel(request, chosen)
    assert panel.tickers == ("AAPL", "MSFT")
    assert known_tickers(request, panel) == ["AAPL", "MSFT", "ZZZ"]
    with pytest.raises(DataError, match="not what was written"):
        load_panel(request, wanted_of(request, "top-2"))
