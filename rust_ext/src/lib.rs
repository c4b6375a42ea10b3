//! The boundary to Python, and nothing else.

mod bodies;
mod cases;
mod columns;
mod contracts;
mod disk;
mod drawing;
mod enums;
mod error;
mod flows;
mod follow;
mod guard;
mod handlers;
mod ir;
mod labels;
mod later;
mod literals;
mod lower;
mod model;
mod modules;
mod names;
mod paths;
mod pool;
mod source;
mod statements;
mod tables;
mod templates;
mod text;
mod tokens;
mod toml_places;
mod toml_values;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(FromPyObject)]
struct MarkArgument(u32, u32, Option<u32>, Option<u32>, String, bool);

#[derive(FromPyObject)]
struct ExcerptArgument(String, Option<String>, Vec<MarkArgument>);

/// A package, read from the attributes of `readers.workspace.Package`.
#[derive(FromPyObject)]
struct PackageArgument {
    name: String,
    manifest: String,
    service: bool,
    libraries: Vec<String>,
    roots: Vec<String>,
    dependencies: Vec<(String, String)>,
    features: Vec<(String, String)>,
}

impl From<PackageArgument> for modules::Package {
    fn from(package: PackageArgument) -> Self {
        Self {
            name: package.name,
            manifest: package.manifest,
            service: package.service,
            libraries: package.libraries,
            roots: package.roots,
            dependencies: package.dependencies,
            features: package.features,
        }
    }
}

impl From<MarkArgument> for drawing::Mark {
    fn from(mark: MarkArgument) -> Self {
        Self { line: mark.0, column: mark.1, end_line: mark.2, end_column: mark.3, text: mark.4, primary: mark.5 }
    }
}

impl From<ExcerptArgument> for drawing::Excerpt {
    fn from(excerpt: ExcerptArgument) -> Self {
        Self { path: excerpt.0, source: excerpt.1, marks: excerpt.2.into_iter().map(Into::into).collect() }
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

impl<'py> IntoPyObject<'py> for toml_values::Plain {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        match self {
            Self::Text(text) => Ok(text.into_pyobject(py)?.into_any()),
            Self::Integer(number) => Ok(number.into_pyobject(py)?.into_any()),
            Self::Float(number) => Ok(number.into_pyobject(py)?.into_any()),
            Self::Truth(truth) => Ok(truth.into_pyobject(py)?.to_owned().into_any()),
            Self::List(values) => Ok(PyList::new(py, values)?.into_any()),
            Self::Table(entries) => {
                let table = PyDict::new(py);
                for (name, value) in entries {
                    table.set_item(name, value)?;
                }
                Ok(table.into_any())
            }
        }
    }
}

#[pymodule]
mod _rust {
    use std::path::PathBuf;

    use super::{ExcerptArgument, PackageArgument, contracts, disk, drawing, lower, modules, toml_places, toml_values};
    use pyo3::exceptions::{PyRuntimeError, PyValueError};
    use pyo3::prelude::*;
    use pyo3::types::{PyBytes, PyTuple};

    /// Everything that the packages' sources promise, as msgpack of `model.contracts.Contracts`; the paths that were asked
    /// for, and the digest of what they held.
    #[pyfunction]
    fn read_contracts<'py>(
        py: Python<'py>,
        root: PathBuf,
        packages: Vec<PackageArgument>,
        threads: usize,
    ) -> PyResult<(Bound<'py, PyBytes>, Vec<String>, String)> {
        let packages: Vec<modules::Package> = packages.into_iter().map(Into::into).collect();
        let read = py.detach(|| {
            let disk = disk::Disk::new(&root);
            let contracts = contracts::read(&disk, &packages, threads)?;
            Some((rmp_serde::to_vec_named(&contracts).ok()?, disk.asked()))
        });
        let (encoded, (asked, held)) =
            read.ok_or_else(|| PyRuntimeError::new_err("the sources could not be read: no thread"))?;
        Ok((PyBytes::new(py, &encoded), asked, held))
    }

    /// The digest of what the paths hold now, as `read_contracts` gives it.
    #[pyfunction]
    fn held(py: Python<'_>, root: PathBuf, paths: Vec<String>) -> String {
        py.detach(|| disk::digest_of(&root, &paths))
    }

    /// The names of all sqlx attributes that `read_contracts` gives.
    #[pyfunction]
    fn sqlx_attributes() -> Vec<&'static str> {
        lower::SQLX_ATTRIBUTES.to_vec()
    }

    /// The names of all diesel attributes that `read_contracts` gives.
    #[pyfunction]
    fn diesel_attributes() -> Vec<&'static str> {
        lower::DIESEL_ATTRIBUTES.to_vec()
    }

    /// The names of all sea-orm attributes that `read_contracts` gives.
    #[pyfunction]
    fn sea_orm_attributes() -> Vec<&'static str> {
        lower::SEA_ORM_ATTRIBUTES.to_vec()
    }

    /// A diagnostic as text, drawn by annotate-snippets.
    #[pyfunction]
    #[pyo3(signature = (severity, rule, message, excerpts, notes))]
    fn draw(
        py: Python<'_>,
        severity: String,
        rule: String,
        message: String,
        excerpts: Vec<ExcerptArgument>,
        notes: Vec<(String, String)>,
    ) -> String {
        let diagnostic = drawing::Diagnostic {
            severity,
            rule,
            message,
            excerpts: excerpts.into_iter().map(Into::into).collect(),
            notes,
        };
        py.detach(|| drawing::draw(&diagnostic))
    }

    type KeyPlace<'py> = (Bound<'py, PyTuple>, (u32, u32, u32, u32));

    /// (key path, (line, column, end line, end column)) of every key; `ValueError(message, line, column)`.
    #[pyfunction]
    fn toml_key_places<'py>(py: Python<'py>, text: &str) -> PyResult<Vec<KeyPlace<'py>>> {
        let places = toml_places::places(text)
            .map_err(|error| PyValueError::new_err((error.message, error.line, error.column)))?;
        places.into_iter().map(|(path, place)| Ok((PyTuple::new(py, path)?, place))).collect()
    }

    /// The document as plain values, dates as text; `None` where it is not TOML 1.1.
    #[pyfunction]
    fn toml_values_of(text: &str) -> Option<toml_values::Plain> {
        toml_values::values(text)
    }
}
