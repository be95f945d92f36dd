"""How a text file writes its table: encoding, separator, decimal mark, rows of headings."""

import csv
import re
from dataclasses import dataclass

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_COMMA, _POINT = re.compile(r"[+-]?\d+,\d+"), re.compile(r"[+-]?\d+\.\d+")
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
    """

    encoding: str = "utf-8-sig"
    separator: str = ","
    decimal: str = "."
    stacked: bool = False

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
    lines = whole.decode(encoding).splitlines()[:20]
    separator = max(_SEPARATORS, key=lines[0].count) if lines else ","
    rows = list(csv.reader(lines[:-1] or lines, delimiter=separator))
    cells = [cell.strip() for row in rows[1:] for cell in row]
    comma = separator != "," and any(map(_COMMA.fullmatch, cells)) and not any(map(_POINT.fullmatch, cells))
    stacked = len(rows) > 2 and bool(rows[2]) and rows[2][0].strip().lower() in _DATE_HEADING and not any(rows[2][1:])
    return Dialect(encoding, separator, "," if comma else ".", stacked)
