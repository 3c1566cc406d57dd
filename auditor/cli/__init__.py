"""The command line: options, calls and exit codes; `main` is the program."""
