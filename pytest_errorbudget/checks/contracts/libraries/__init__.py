"""What each Rust database library does with a column: one file a library."""
