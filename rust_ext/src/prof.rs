use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
pub static T: [AtomicU64; 16] = [const { AtomicU64::new(0) }; 16];
pub const N: [&str; 16] = ["read", "lex", "blank", "syn", "lower", "dropast", "inval", "again", "waves", "index", "follow", "merge", "assemble", "encode", "dropall", "isfile"];
#[repr(C)]
struct Ts { s: i64, n: i64 }
unsafe extern "C" { fn clock_gettime(c: i32, t: *mut Ts) -> i32; }
fn now() -> u64 { let mut t = Ts { s: 0, n: 0 }; unsafe { clock_gettime(3, &mut t) }; (t.s as u64) * 1_000_000_000 + t.n as u64 }
pub struct G(usize, u64);
impl Drop for G { fn drop(&mut self) { T[self.0].fetch_add(now() - self.1, Ordering::Relaxed); } }
pub fn t<R>(i: usize, f: impl FnOnce() -> R) -> R { let _g = G(i, now()); f() }
pub fn show() { let _ = Instant::now(); for (n, t) in N.iter().zip(&T) { eprint!("{n} {:.1}  ", t.swap(0, Ordering::Relaxed) as f64 / 1e6); } eprintln!(); }
