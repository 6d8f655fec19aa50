"""What a post is, which links name one, and how each upstream's payload becomes one."""
