import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mltrainer.data.barstore import BarStore
from mltrainer.data.fetch_bars import FetchReport
from mltrainer.data.fetch_macro import MacroFetch
from mltrainer.data.fred import SERIES, Fred, merged
from mltrainer.data.macro import REFUSED
from mltrainer.data.pace import Pace
from mltrainer.data.stored import published_by, stored_macro
from mltrainer.settings.errors import CredentialsError, DataError, MltrainerError, TemporaryError, UsageError
from tests.data.vendor_server import CUT, VendorServer, reply

KEY = "canary0123456789"
PATH = "/fred/series/observations"
Vintage = tuple[str, float, str, str]
"""Reference date, value, first and last day on which it stood."""


class Archive:
    """Serves vintages as FRED does: what stood at some time within the asked span, its ends cut to it."""

    def __init__(self, series: dict[str, list[Vintage]]) -> None:
        self.series = series
        self.most_days = 10**6

    def answer(self, path: str, fields: dict[str, str]) -> object:
        if fields["series_id"] not in self.series:
            return reply({"error_code": 400, "error_message": "Bad Request.  The series does not exist."}, 400)
        first, last = fields.get("realtime_start", "2026-01-01"), fields.get("realtime_end", "2026-01-01")
        if (date.fromisoformat(last) - date.fromisoformat(first)).days > self.most_days:
            said = "There are 2004 vintage dates.  This exceeds the maximum number of vintage dates allowed (2000)."
            return reply({"error_code": 400, "error_message": said}, 400)
        rows = [
            {"date": day, "value": str(value), "realtime_start": max(start, first), "realtime_end": min(end, last)}
            for day, value, start, end in self.series[fields["series_id"]]
            if start <= last and end >= first and day >= fields["observation_start"]
        ]
        offset, limit = int(fields["offset"]), int(fields["limit"])
        body = {"count": len(rows), "offset": offset, "limit": limit, "observations": rows[offset : offset + limit]}
        return body


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with VendorServer(KEY) as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[BarStore]:
    store = BarStore(tmp_path / "bars")
    yield store
    store.close()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def client(server: VendorServer, waits: list[float]) -> Fred:
    return Fred(KEY, base_url=server.url, pace=Pace(0, 1.0, pause=waits.append))


Fetcher = Callable[..., FetchReport]


@pytest.fixture
def fetch(client: Fred, store: BarStore) -> Fetcher:
    def run(series: str, first: str, last: str, today: str = "2026-01-01") -> FetchReport:
        work = MacroFetch(store, client, series.split(","), first, last, date.fromisoformat(today))
        return work.run(lambda what, done, total: None)

    return run


def usable(store: BarStore, series: str, day: str) -> float:
    macro = stored_macro(store)
    assert macro is not None
    return float(macro.at(series, np.array([day], dtype="datetime64[D]"))[0])


PAYROLLS: list[Vintage] = [
    ("2016-05-01", 143894.0, "2016-06-03", "2016-07-07"),
    ("2016-05-01", 143888.0, "2016-07-08", "9999-12-31"),
    ("2016-06-01", 144175.0, "2016-07-08", "2016-08-04"),
    ("2016-06-01", 144193.0, "2016-08-05", "2016-09-01"),
    ("2016-06-01", 144172.0, "2016-09-02", "9999-12-31"),
]


def test_what_was_published_is_known_that_day_and_usable_the_business_day_after(
    server: VendorServer, fetch: Fetcher, store: BarStore
) -> None:
    server.makers.append((PATH, Archive({"PAYEMS": PAYROLLS}).answer))
    fetch("PAYEMS", "2016-06-29", "2016-10-31")

    # The fact: out on Friday the 8th of July, not a day earlier.
    assert published_by(store, "PAYEMS", "2016-07-07")["reference"] == "2016-05-01"
    june = {"reference": "2016-06-01", "published": 144175.0, "published_on": "2016-07-08"}
    assert published_by(store, "PAYEMS", "2016-07-08") == june
    assert published_by(store, "PAYEMS", "2016-08-05")["published"] == 144193.0
    # The rule: a trial may use it from the Monday after.
    assert usable(store, "PAYEMS", "2016-07-08") == 143894.0
    assert usable(store, "PAYEMS", "2016-07-11") == 144175.0
    assert [usable(store, "PAYEMS", day) for day in ("2016-08-05", "2016-08-08")] == [144175.0, 144193.0]
    assert usable(store, "PAYEMS", "2016-09-05") == 144172.0


def test_a_fetch_in_pieces_gives_the_same_as_one_and_asks_nothing_twice(
    server: VendorServer, client: Fred, fetch: Fetcher, store: BarStore, tmp_path: Path
) -> None:
    server.makers.append((PATH, Archive({"PAYEMS": PAYROLLS}).answer))
    fetch("PAYEMS", "2016-07-20", "2016-08-20")
    assert fetch("PAYEMS", "2016-07-20", "2016-08-20").bars == 0
    fetch("PAYEMS", "2016-06-29", "2016-10-31")
    spans = [(fields["realtime_start"], fields["realtime_end"]) for _, fields in server.asked]
    assert spans == [("2016-07-20", "2016-08-20"), ("2016-06-29", "2016-07-19"), ("2016-08-21", "2016-10-31")]

    other = BarStore(tmp_path / "other")
    MacroFetch(other, client, ["PAYEMS"], "2016-06-29", "2016-10-31", date(2026, 1, 1)).run(lambda *_: None)
    pd.testing.assert_frame_equal(store.macro(), other.macro())
    other.close()


DAYS = st.integers(0, 3000).map(lambda days: str(date(2005, 1, 1) + pd.Timedelta(days=days).to_pytimedelta()))


@settings(derandomize=True, max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(DAYS, st.integers(1, 3)), min_size=1, max_size=12), most_days=st.integers(700, 3000))
def test_cut_in_chunks_of_any_length_every_value_counts_from_its_first_day(
    changes: list[tuple[str, int]], most_days: int, client: Fred, server: VendorServer
) -> None:
    days = sorted(dict(changes).items())
    ends = [str(date.fromisoformat(day) - pd.Timedelta(days=1).to_pytimedelta()) for day, _ in days[1:]]
    vintages = [
        ("2004-12-01", float(value), day, end) for (day, value), end in zip(days, [*ends, "9999-12-31"], strict=True)
    ]
    archive = Archive({"UNRATE": vintages})
    archive.most_days = most_days
    server.makers = [(PATH, archive.answer)]
    found = client.vintages("UNRATE", "2004-01-01", ("2005-01-01", "2019-12-31"))

    values = [value for _, value in days]
    kept = [place for place, value in enumerate(values) if not place or values[place - 1] != value]
    assert list(found["value"]) == [values[place] for place in kept]
    assert [str(day.date()) for day in found["published"]] == [days[place][0] for place in kept]


def test_a_value_that_comes_back_is_not_taken_for_the_old_one() -> None:
    frame = pd.DataFrame({"date": ["2016-01-01"] * 4, "value": [1.0, 2.0, 2.0, 1.0], "published": list("abcd")})

    assert list(merged(frame)["published"]) == ["a", "b", "d"]


def test_fewer_than_2000_vintages_are_asked_for_at_once(server: VendorServer, client: Fred) -> None:
    server.makers.append((PATH, Archive({"DGS10": [("2000-01-03", 6.58, "2000-01-04", "9999-12-31")]}).answer))
    client.vintages("DGS10", "1999-01-01", ("2000-01-01", "2025-12-31"))

    spans = [(fields["realtime_start"], fields["realtime_end"]) for _, fields in server.asked]
    assert spans[0][0] == "2000-01-01" and spans[-1][1] == "2025-12-31"
    assert all(np.busday_count(first, last) < 2000 for first, last in spans)
    assert all(
        np.datetime64(later[0]) - np.datetime64(earlier[1]) == np.timedelta64(1, "D")
        for earlier, later in zip(spans, spans[1:], strict=False)
    )


def test_a_long_answer_comes_in_pages(server: VendorServer, client: Fred, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mltrainer.data.fred.PAGE", 2)
    server.makers.append((PATH, Archive({"PAYEMS": PAYROLLS}).answer))

    assert len(client.vintages("PAYEMS", "2016-01-01", ("2016-01-01", "2016-12-31"))) == len(PAYROLLS)
    assert [fields["offset"] for _, fields in server.asked] == ["0", "2", "4"]


def test_missing_values_are_dropped_and_negative_oil_stays(server: VendorServer, client: Fred) -> None:
    rows = [("2020-04-17", 18.31), ("2020-04-18", "."), ("2020-04-20", -36.98), ("2020-04-21", "")]
    vintages = [(day, value, "2020-04-22", "9999-12-31") for day, value in rows]
    server.makers.append((PATH, Archive({"DCOILWTICO": vintages}).answer))  # type: ignore[dict-item]

    found = client.vintages("DCOILWTICO", "2020-01-01", ("2020-01-01", "2020-12-31"))
    assert list(found["value"]) == [18.31, -36.98]


def test_without_vintages_the_lag_of_the_release_is_applied_and_named(
    server: VendorServer, fetch: Fetcher, store: BarStore
) -> None:
    archive = Archive({"UNRATE": [("2024-01-01", 3.7, "2026-01-01", "9999-12-31")]})

    def answer(path: str, fields: dict[str, str]) -> object:
        if "realtime_start" in fields:
            said = "Bad Request.  The series does not exist in ALFRED but may exist in FRED."
            return reply({"error_code": 400, "error_message": said}, 400)
        return archive.answer(path, fields)

    server.makers.append((PATH, answer))
    report = fetch("UNRATE", "2024-01-01", "2024-12-31")

    macro = stored_macro(store)
    assert macro is not None and macro.lag_note["UNRATE"] == "10 calendar days after the end of the month"
    assert "no vintages" in report.notes[0]
    assert published_by(store, "UNRATE", "2024-01-15")["published_on"] == "unknown"
    assert np.isnan(usable(store, "UNRATE", "2024-02-09")) and usable(store, "UNRATE", "2024-02-10") == 3.7


def test_before_the_first_vintage_a_market_series_follows_its_lag_and_a_revised_one_waits(
    server: VendorServer, fetch: Fetcher, store: BarStore
) -> None:
    kept_since = "2015-06-01"
    rows = [("2014-01-02", 1.0, kept_since, "9999-12-31"), ("2015-06-01", 2.0, "2015-06-02", "9999-12-31")]
    server.makers.append((PATH, Archive({"DGS10": rows, "INDPRO": rows}).answer))
    fetch("DGS10,INDPRO", "2014-01-01", "2015-12-31")

    assert usable(store, "DGS10", "2014-01-03") == 1.0
    assert np.isnan(usable(store, "INDPRO", "2015-06-01")) and usable(store, "INDPRO", "2015-06-02") == 1.0
    macro = stored_macro(store)
    assert macro is not None and "where that is unknown, 1 business day" in macro.lag_note["DGS10"]


def test_series_that_know_the_future_are_kept_for_display_and_never_used(
    server: VendorServer, fetch: Fetcher, store: BarStore
) -> None:
    server.makers.append((PATH, Archive({"STLFSI4": [("2020-01-03", 0.1, "2020-01-10", "9999-12-31")]}).answer))
    fetch("STLFSI4", "2020-01-01", "2020-12-31")

    assert published_by(store, "STLFSI4", "2020-02-01")["published"] == 0.1
    assert np.isnan(usable(store, "STLFSI4", "2020-02-03"))


def test_a_day_that_is_not_over_is_not_asked_for(server: VendorServer, fetch: Fetcher) -> None:
    server.makers.append((PATH, Archive({"PAYEMS": PAYROLLS}).answer))
    fetch("PAYEMS", "2016-07-01", "2016-12-31", today="2016-08-05")
    assert server.asked[-1][1]["realtime_end"] == "2016-08-04"

    fetch("PAYEMS", "2016-07-01", "2016-12-31", today="2016-08-06")
    assert (server.asked[-1][1]["realtime_start"], server.asked[-1][1]["realtime_end"]) == ("2016-08-05", "2016-08-05")
    with pytest.raises(DataError, match="over yet"):
        fetch("PAYEMS", "2016-08-05", "2016-08-05", today="2016-08-05")


def test_an_unknown_series_is_named_and_the_others_come(server: VendorServer, fetch: Fetcher, store: BarStore) -> None:
    server.makers.append((PATH, Archive({"PAYEMS": PAYROLLS}).answer))
    report = fetch("NOSUCH,PAYEMS", "2016-07-01", "2016-12-31")

    assert "NOSUCH" in report.notes[0] and "does not exist" in report.notes[0]
    assert list(store.macro()["series_id"].unique()) == ["PAYEMS"]


def test_interrupted_the_next_fetch_asks_only_for_what_is_missing(
    server: VendorServer, fetch: Fetcher, store: BarStore
) -> None:
    names = ("PAYEMS", "UNRATE", "HOUST")
    server.makers.append((PATH, Archive(dict.fromkeys(names, PAYROLLS)).answer))
    server.faults = [None, *[CUT] * 5]
    with pytest.raises(TemporaryError):
        fetch(",".join(names), "2016-06-29", "2016-10-31")
    since = len(server.asked)
    fetch(",".join(names), "2016-06-29", "2016-10-31")

    assert [fields["series_id"] for _, fields in server.asked[since:]] == ["UNRATE", "HOUST"]
    assert set(store.macro()["series_id"]) == set(names)


JUNK = {
    "no JSON": b"<html>",
    "no observations": b'{"count": 3}',
    "fewer than stated": b'{"count": 9, "offset": 0, "limit": 100000, "observations": []}',
    "values without a date": b'{"count": 1, "offset": 0, "limit": 9, "observations": [{"value": "1"}]}',
}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_junk_with_status_200_is_no_data_and_no_series(junk: bytes, server: VendorServer, client: Fred) -> None:
    server.faults = [reply(junk)] * 5

    with pytest.raises(TemporaryError) as caught:
        client.vintages("PAYEMS", "2016-01-01", ("2016-01-01", "2016-12-31"))
    assert caught.value.exit_code == 75


def test_a_good_key_that_is_refused_under_load_is_tried_again(server: VendorServer, client: Fred) -> None:
    server.makers.append((PATH, Archive({"PAYEMS": PAYROLLS}).answer))
    refused = reply({"error_code": 400, "error_message": "The value for variable api_key is not registered."}, 400)
    server.faults = [refused]
    assert len(client.vintages("PAYEMS", "2016-01-01", ("2016-01-01", "2016-12-31"))) == len(PAYROLLS)

    server.faults = [refused] * 2
    with pytest.raises(CredentialsError) as caught:
        client.vintages("PAYEMS", "2016-01-01", ("2016-01-01", "2016-12-31"))
    assert caught.value.exit_code == 77 and "FRED_API_KEY" in caught.value.hint


@pytest.mark.parametrize("fault", [CUT, reply(b"", 500), reply({"error_message": KEY}, 429)], ids=["cut", "500", "429"])
def test_no_error_holds_the_key_although_the_address_does(fault: object, server: VendorServer, client: Fred) -> None:
    server.faults = [fault] * 5
    with pytest.raises(TemporaryError) as caught:
        client.vintages("PAYEMS", "2016-01-01", ("2016-01-01", "2016-12-31"))

    error: BaseException | None = caught.value
    assert KEY not in str(caught.value.as_dict())
    assert error and error.__cause__ is None


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("error_api_key_not_registered.json", CredentialsError),
        ("error_api_key_not_set.json", CredentialsError),
        ("error_rate_limit.json", TemporaryError),
        ("error_realtime_end_in_future.json", DataError),
        ("error_series_does_not_exist.json", UsageError),
        ("error_invalid_series.xml", UsageError),
    ],
)
def test_the_service_s_own_errors_are_understood(
    file: str, kind: type[MltrainerError], shared_data: Path, server: VendorServer, client: Fred
) -> None:
    status = 429 if "rate_limit" in file else 400
    server.faults = [reply((shared_data / "api" / "fred" / file).read_bytes(), status)] * 5

    with pytest.raises(kind):
        client.vintages("PAYEMS", "2016-01-01", ("2016-01-01", "2016-12-31"))


def test_the_service_s_own_answers_are_understood(shared_data: Path, server: VendorServer, client: Fred) -> None:
    folder = shared_data / "api" / "fred"
    server.answers[PATH] = json.loads((folder / "series_observations_FEDFUNDS_1954_2023.json").read_text())
    funds = client.latest("FEDFUNDS", "1954-01-01")
    assert len(funds) == 828 and funds["published"].isna().all()

    server.answers[PATH] = json.loads((folder / "series_observations_DEXJPUS_daily_trimmed.json").read_text())
    with pytest.raises(TemporaryError, match="6345 of 13650"):
        client.latest("DEXJPUS", "1971-01-04")

    server.answers[PATH] = json.loads((folder / "generated_observations_PAYEMS_vintages_2016.json").read_text())
    payrolls = client.vintages("PAYEMS", "2015-01-01", ("2016-06-29", "2016-10-31"))
    june = payrolls[payrolls["date"] == "2016-06-01"]
    assert list(zip(june["value"], june["published"].dt.strftime("%m-%d"), strict=True)) == [
        (144175.0, "07-08"),
        (144193.0, "08-05"),
        (144172.0, "09-02"),
    ]


def test_the_real_vintages_of_2016_are_reproduced_on_every_day(
    shared_data: Path, server: VendorServer, fetch: Fetcher, store: BarStore
) -> None:
    frame = pd.read_csv(shared_data / "macro" / "macro_vintages_2016.csv", dtype=str)
    frame = frame[frame["fred_date"] >= "2014-06-29"].dropna(subset=["value"])
    series = {
        str(name): [
            (row.fred_date, float(row.value), row.vintage_first, row.vintage_last)
            for row in own.itertuples(index=False)
        ]
        for name, own in frame.groupby("series_id")
        if name in ("PAYEMS", "UNRATE", "CPIAUCSL", "HOUST", "GDPC1", "INDPRO")
    }
    server.makers.append((PATH, Archive(series).answer))
    fetch(",".join(series), "2016-06-29", "2016-10-31")

    days = (shared_data / "macro" / "macro_vintage_dates.txt").read_text().split()
    for name, vintages in series.items():
        for day in days:
            out = [(reference, first, value) for reference, value, first, last in vintages if first <= day]
            newest = max(out)
            assert published_by(store, name, day)["published"] == newest[2], (name, day)
    assert usable(store, "PAYEMS", "2016-07-11") == 144175.0


def test_the_default_list_has_a_stated_lag_for_each_series_or_refuses_it() -> None:
    from mltrainer.data.macro import LAGS

    assert 24 <= len(SERIES) <= 28
    assert set(SERIES) <= set(LAGS) | set(REFUSED)
