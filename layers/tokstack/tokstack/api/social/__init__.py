"""The social family: what is on TikTok as ActivityStreams 2.0 objects."""
