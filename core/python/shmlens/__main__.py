"""`python -m shmlens app.py …`: see _run.py, which leaves this module to the program."""

from shmlens._run import main

main()
