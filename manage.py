#!/usr/bin/env python
"""Run a command of the application; `up` starts everything."""

import sys

from django.core.management import execute_from_command_line
from django.db.utils import OperationalError

from mto.settings.env import NOTHING_RUNS, choose_settings, take_data_option


def main() -> None:
    """Run the command on the installation that --data, MTO_DATA or ./.data names."""
    arguments = take_data_option(sys.argv)
    choose_settings("mto.settings.local")
    try:
        execute_from_command_line(arguments)
    except OperationalError as error:
        sys.exit(f"{error}\n{NOTHING_RUNS}")


if __name__ == "__main__":
    main()
