"""The families of routes: their shapes, their errors, who may ask, and what an answer costs."""
