"""From facts to a run: every check, then the allowances. Pure but for the clock that it is handed."""
