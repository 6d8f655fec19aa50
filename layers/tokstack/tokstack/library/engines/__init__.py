"""What finds items: one protocol, and one package for each engine."""
