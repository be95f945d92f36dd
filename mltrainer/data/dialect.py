"""How a text file writes its table: encoding, separator, decimal mark, rows of headings."""

import csv
import re
from dataclasses import dataclass

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_COMMA, _POINT = re.compile(r"[+-]?\d+,\d+"), re.compile(r"[+-]?\d+\.\d+")
# 1.234 may be a decimal point; beside 45,07 it is not.
_CERTAIN, _GROUPED = re.compile(r"[+-]?[\d.]+,(\d{1,2}|\d{4,})"), re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?")
_COMMENT = "#"
_DATE_HEADING = ("date", "datetime")


@dataclass(frozen=True)
class Dialect:
    """What pandas must be told.

    Parameters
    ----------
    encoding
        As the mark at the beginning of the file says; UTF-8 without one.
    separator, decimal
        Between cells, and within numbers.
    stacked
        True where two rows of headings name a field and a ticker for each column, and a third names the date.
    thousands
        Between groups of three digits, where it is certain.
    skipped
        Lines of comment before the heading.
    """

    encoding: str = "utf-8-sig"
    separator: str = ","
    decimal: str = "."
    stacked: bool = False
    thousands: str | None = None
    skipped: int = 0

    def __str__(self) -> str:
        written = f"cells are separated by {_SEPARATORS[self.separator]}"
        return written + (", decimals by a comma" if self.decimal == "," else "")


def dialect_of(head: bytes) -> Dialect:
    """Return how a file is written, from its first few thousand bytes.

    Raises
    ------
    UnicodeDecodeError
        Where they are no text.
    """
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    whole = head[: len(head) // 2 * 2] if encoding == "utf-16" else head.rpartition(b"\n")[0] or head
    # The last line may be cut within a character.
    lines = whole.decode(encoding).splitlines()
    skipped = next((place for place, line in enumerate(lines) if not line.startswith(_COMMENT)), 0)
    lines = lines[skipped : skipped + 20]
    separator = max(_SEPARATORS, key=lines[0].count) if lines else ","
    rows = list(csv.reader(lines[:-1] or lines, delimiter=separator))
    cells = [cell.strip() for row in rows[1:] for cell in row]
    certain = separator != "," and any(map(_CERTAIN.fullmatch, cells))
    points = [cell for cell in cells if _POINT.fullmatch(cell) and not (certain and _GROUPED.fullmatch(cell))]
    comma = separator != "," and not points and (certain or any(map(_COMMA.fullmatch, cells)))
    grouped = comma and certain and any(map(_GROUPED.fullmatch, cells))
    stacked = len(rows) > 2 and bool(rows[2]) and rows[2][0].strip().lower() in _DATE_HEADING and not any(rows[2][1:])
    return Dialect(encoding, separator, "," if comma else ".", stacked, "." if grouped else None, skipped)
