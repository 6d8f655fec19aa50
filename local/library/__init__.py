"""The sample library of `make run`: who advertises and posts what, and how it fared over the last weeks."""
