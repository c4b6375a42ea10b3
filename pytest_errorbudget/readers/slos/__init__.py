"""What OpenSLO and the short form share: how an SLO is written, and what its words mean."""
