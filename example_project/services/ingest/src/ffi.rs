//! The C ABI of the `meter` crate, as this service calls it.

use meter as _;

unsafe extern "C" {
    unsafe fn meter_record(tenant: *const u8, tenant_len: usize, status: u16, latency_ms: u32) -> i32;
    unsafe fn meter_requests(tenant: *const u8, tenant_len: usize) -> u64;
    unsafe fn meter_failures(tenant: *const u8, tenant_len: usize) -> u64;
}

/// The counters of one tenant since the process started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metered {
    pub requests: u64,
    pub failures: u64,
}

/// Counts one request; whether the meter took it.
pub fn record(tenant: &str, status: u16, latency_ms: u32) -> bool {
    // SAFETY: the pointer and the length are those of `tenant`, which outlives the call.
    unsafe { meter_record(tenant.as_ptr(), tenant.len(), status, latency_ms) == 0 }
}

pub fn metered(tenant: &str) -> Metered {
    // SAFETY: as in `record`.
    unsafe {
        Metered {
            requests: meter_requests(tenant.as_ptr(), tenant.len()),
            failures: meter_failures(tenant.as_ptr(), tenant.len()),
        }
    }
}
