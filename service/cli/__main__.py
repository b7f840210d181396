"""``python -m service.cli``: the command line where the project is not installed."""

from service.cli.app import main

if __name__ == "__main__":
    main()
