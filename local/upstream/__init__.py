"""A stand-in for TikTok, tikwm and their media hosts, in the gateway form of the guarded transport.

catalog, people   what is true: who posts what, from a seed          media  the files, made with ffmpeg
links             media links: minted, and read when used            recordings  recorded answers, where there are some
shapes_*          payloads and pages, one file per naming family     site_*      who answers what, one file per site
sites             the pages of other sites, and what is in their files (site_files), for the extractor
routes            host and path → site                               faults, spoiling   what goes wrong, and its looks
expected          what every route of the API must answer            server      all of it over HTTP
"""
