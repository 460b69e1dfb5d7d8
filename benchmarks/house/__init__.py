"""The ruler for how the code is built: folders, functions, complexity, templates, names, the night.

`python -m benchmarks.house` prints today's figures beside those of `before.json`, with the same
definitions for both; `--check` compares them with their goals, which `./rollbook check` does.
"""
