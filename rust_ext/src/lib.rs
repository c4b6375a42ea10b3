//! The boundary to Python, and nothing else.

use pyo3::prelude::*;

#[pymodule]
mod _rust {
    #[allow(unused_imports)]
    use super::*;
}
