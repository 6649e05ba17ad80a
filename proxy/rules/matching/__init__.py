"""Whether a request is a rule's page: its path, its conditions, its GraphQL. Pure.

`book.py` asks; in here are the parts of the answer, each of which can also say
why not.
"""
