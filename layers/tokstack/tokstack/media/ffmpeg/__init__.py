"""Converting media with ffmpeg, as a child process that sees neither network, environment nor unbounded input.

convert     the one way in: material, format and options to a checked file
merge       one or two files of another site into one plain MP4
"""
