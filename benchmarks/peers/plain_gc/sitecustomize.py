"""Python takes this in before anything else: the collector stays as it is, whoever would set it otherwise."""

import gc

gc.freeze = lambda: None
gc.set_threshold = lambda *_: None
