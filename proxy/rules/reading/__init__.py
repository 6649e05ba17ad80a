"""From a file's text to a rule, or to everything that is wrong with it. Pure.

`yamltext` makes nodes of text, `kinds` says what may stand behind a key,
`reader` makes a rule of the nodes. Whether the rule makes sense is not asked
here but in `judging`.
"""
