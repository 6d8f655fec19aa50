"""One normaliser per naming family of the upstreams: a payload in, a `Post` out, nothing fetched."""
