"""Whether a rule that can be read makes sense: by itself, and beside the others. Pure.

Nothing in here reads text or changes a rule; each file looks at one side of it
and says what it found.
"""
