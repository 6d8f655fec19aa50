"""Media files: which renditions a post has, signed links to them, how they get into storage."""
