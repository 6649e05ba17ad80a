"""What a rule can say but this version does not do. Pure.

Each line is one feature: the key that is shown, and when it is wanted. A
feature that arrives deletes its line; the shape of its keys is checked already.
"""

from collections.abc import Callable
from typing import Final

from proxy.rules.reading.draft import Draft

NOT_YET: Final[dict[str, tuple[Callable[[Draft], bool], str]]] = {
    "cache": (lambda rule: rule.given("cache"), "the cache"),
}


def refuse(draft: Draft) -> None:
    """Tell the draft of everything in it that this version does not do; not where the key is wrong anyway."""
    wrong = [problem.key for problem in draft.problems if problem.is_error]
    for key, (is_wanted, name) in NOT_YET.items():
        if is_wanted(draft) and not any(each.startswith(key) for each in wrong):
            draft.tell("error", key, f"{name} cannot be used in this version yet", "remove it")
