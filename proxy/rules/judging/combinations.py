"""Keys that make no sense together, within one rule. Pure.

Each matter is one function, and says what it finds: asking.py, placing.py and
markup.py hold them. A matter that rests on a key which could not be read is left alone:
its author hears of that key first.
"""

from proxy.rules.judging import asking, markup, placing
from proxy.rules.reading.draft import Draft, Unreadable


def judge(draft: Draft) -> None:
    """Tell the draft of everything in it that makes no sense together."""
    for matter in (*asking.MATTERS, *placing.MATTERS, *markup.MATTERS):
        try:
            for found in matter(draft):
                draft.tell(found.severity, found.key, found.message, found.hint)
        except Unreadable:
            continue
