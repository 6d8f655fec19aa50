"""The embedded engine: a library that lies in a bucket and is searched inside the process.

A publication is a manifest and the immutable files that it names: blocks of columns, and tantivy's segments. Blocks
answer all that is about sets and orders: which items have a value, a word or a number in a range, how many they are,
and which come first. Tantivy answers what takes positions or scores: phrases, and relevance.
"""
