"""The command ``mltrainer``, and ``python -m mltrainer``."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from mltrainer.cli.main import run_command

    sys.exit(run_command(sys.argv[1:]))


if __name__ == "__main__":
    main()
