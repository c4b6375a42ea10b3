//! Usage metering behind a C ABI: counters per tenant, kept in the process that handles the requests.
//!
//! The edge proxy (C++) links the static library, the `ingest` service the Rust one.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

/// The call succeeded.
pub const METER_OK: i32 = 0;
/// A pointer was null, or the tenant is not UTF-8.
pub const METER_INVALID: i32 = -1;

#[derive(Default, Clone, Copy)]
struct Counter {
    requests: u64,
    failures: u64,
    latency_ms: u64,
}

static COUNTERS: LazyLock<Mutex<HashMap<String, Counter>>> = LazyLock::new(Mutex::default);

fn counters() -> MutexGuard<'static, HashMap<String, Counter>> {
    COUNTERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// # Safety
///
/// `tenant` is null or points to `len` readable bytes.
unsafe fn tenant_name(tenant: *const u8, len: usize) -> Option<String> {
    if tenant.is_null() {
        return None;
    }
    // SAFETY: not null, and the caller promises `len` readable bytes.
    let bytes = unsafe { std::slice::from_raw_parts(tenant, len) };
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

/// Counts one request of a tenant.
///
/// # Safety
///
/// `tenant` is null or points to `tenant_len` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn meter_record(
    tenant: *const u8,
    tenant_len: usize,
    status: u16,
    latency_ms: u64,
) -> i32 {
    // SAFETY: the caller's promise is the same.
    let Some(name) = (unsafe { tenant_name(tenant, tenant_len) }) else {
        return METER_INVALID;
    };
    let mut counters = counters();
    let counter = counters.entry(name).or_default();
    counter.requests += 1;
    counter.failures += u64::from(status >= 500);
    counter.latency_ms = counter.latency_ms.saturating_add(latency_ms);
    METER_OK
}

/// The number of requests counted for a tenant since the last reset; 0 for a tenant never seen.
///
/// # Safety
///
/// `tenant` is null or points to `tenant_len` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn meter_requests(tenant: *const u8, tenant_len: usize) -> u64 {
    // SAFETY: the caller's promise is the same.
    unsafe { tenant_name(tenant, tenant_len) }
        .and_then(|name| counters().get(&name).copied())
        .map_or(0, |counter| counter.requests)
}

/// The number of failed requests counted for a tenant since the last reset.
///
/// # Safety
///
/// `tenant` is null or points to `tenant_len` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn meter_failures(tenant: *const u8, tenant_len: usize) -> u64 {
    // SAFETY: the caller's promise is the same.
    unsafe { tenant_name(tenant, tenant_len) }
        .and_then(|name| counters().get(&name).copied())
        .map_or(0, |counter| counter.failures)
}

/// Forgets all counters.
#[unsafe(no_mangle)]
pub extern "C" fn meter_reset() {
    counters().clear();
}

#[cfg(test)]
mod tests {
    use super::{METER_INVALID, METER_OK, meter_failures, meter_record, meter_requests};

    #[test]
    fn requests_and_failures_are_counted_per_tenant() {
        let name = "globex";
        for status in [200, 503, 404] {
            // SAFETY: the pointer and the length are those of `name`.
            let code = unsafe { meter_record(name.as_ptr(), name.len(), status, 12) };
            assert_eq!(code, METER_OK);
        }
        // SAFETY: as above.
        unsafe {
            assert_eq!(meter_requests(name.as_ptr(), name.len()), 3);
            assert_eq!(meter_failures(name.as_ptr(), name.len()), 1);
        }
    }

    #[test]
    fn a_null_tenant_is_refused() {
        // SAFETY: null is allowed.
        let code = unsafe { meter_record(std::ptr::null(), 4, 200, 1) };
        assert_eq!(code, METER_INVALID);
    }
}
