"""The families of routes: their shapes, their errors, who may ask, and what an answer costs.

It is imported without the garbage collector: what is imported stays, so there is nothing to be found in it, and looking
takes a tenth of INIT, which is billed. A function's first answer turns the collector on (`collecting`).
"""

import gc

gc.disable()


def collecting() -> None:
    """From now on garbage is collected."""
    gc.enable()
