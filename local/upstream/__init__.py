"""A stand-in for TikTok, tikwm and their media hosts, in the gateway form of the guarded transport."""
