"""Those that are timed, one a file: each has a function ``run(task)`` and writes its answer."""
