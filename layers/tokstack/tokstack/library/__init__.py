"""The library of ads and organic posts: what goes in, what is derived of it, and how it is found."""
