"""Files counted slice by slice of time, so that memory is bounded and closed time is counted once."""
