//! The boundary to Python, and nothing else.

mod drawing;
mod text;
mod toml_places;

use pyo3::prelude::*;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(FromPyObject)]
struct MarkArgument(u32, u32, Option<u32>, Option<u32>, String, bool);

#[derive(FromPyObject)]
struct ExcerptArgument(String, Option<String>, Vec<MarkArgument>);

impl From<MarkArgument> for drawing::Mark {
    fn from(mark: MarkArgument) -> Self {
        Self {
            line: mark.0,
            column: mark.1,
            end_line: mark.2,
            end_column: mark.3,
            text: mark.4,
            primary: mark.5,
        }
    }
}

impl From<ExcerptArgument> for drawing::Excerpt {
    fn from(excerpt: ExcerptArgument) -> Self {
        Self {
            path: excerpt.0,
            source: excerpt.1,
            marks: excerpt.2.into_iter().map(Into::into).collect(),
        }
    }
}

impl<'py> IntoPyObject<'py> for toml_places::Step {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        match self {
            Self::Key(key) => Ok(key.into_pyobject(py)?.into_any()),
            Self::Index(index) => Ok(index.into_pyobject(py)?.into_any()),
        }
    }
}

#[pymodule]
mod _rust {
    use super::{ExcerptArgument, drawing, toml_places};
    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;
    use pyo3::types::PyTuple;

    /// A diagnostic as text, drawn by annotate-snippets.
    #[pyfunction]
    #[pyo3(signature = (severity, rule, message, excerpts, notes, *, coloured))]
    fn draw(
        py: Python<'_>,
        severity: String,
        rule: String,
        message: String,
        excerpts: Vec<ExcerptArgument>,
        notes: Vec<(String, String)>,
        coloured: bool,
    ) -> String {
        let diagnostic = drawing::Diagnostic {
            severity,
            rule,
            message,
            excerpts: excerpts.into_iter().map(Into::into).collect(),
            notes,
        };
        py.detach(|| drawing::draw(&diagnostic, coloured))
    }

    /// (key path, (line, column, end line, end column)) of every key; `ValueError(message, line, column)`.
    #[pyfunction]
    fn toml_key_places<'py>(
        py: Python<'py>,
        text: &str,
    ) -> PyResult<Vec<(Bound<'py, PyTuple>, (u32, u32, u32, u32))>> {
        let places = toml_places::places(text)
            .map_err(|error| PyValueError::new_err((error.message, error.line, error.column)))?;
        places
            .into_iter()
            .map(|(path, place)| Ok((PyTuple::new(py, path)?, place)))
            .collect()
    }
}
