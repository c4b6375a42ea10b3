//! Threads whose stack no guarded input can exhaust, and results in the order of the work.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// `guard` allows 8,192 tokens of nesting, at 5.4 KB of stack each where it was measured (an optimised build).
const STACK: usize = if cfg!(debug_assertions) { 1024 } else { 64 } * 1024 * 1024;

/// Runs `work` on a thread with a large stack. `None` where no thread could be had, or it panicked.
pub fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok()?;
        thread.join().ok()
    })
}

/// Threads that live as long as the reading: what one has freed, it uses again for the next file.
pub fn threads(count: usize) -> Option<ThreadPool> {
    ThreadPoolBuilder::new().num_threads(count.max(1)).stack_size(STACK).build().ok()
}

/// `work` for every job on the threads of the pool; the results are in the order of the jobs.
///
/// A job that panicked has no result.
pub fn map<J: Sync, R: Send>(pool: &ThreadPool, jobs: &[J], work: impl Fn(&J) -> R + Sync) -> Vec<Option<R>> {
    let results: Vec<Mutex<Option<R>>> = jobs.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let run = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let (Some(job), Some(slot)) = (jobs.get(index), results.get(index)) else {
                return;
            };
            let result = catch_unwind(AssertUnwindSafe(|| work(job))).ok();
            if let Ok(mut slot) = slot.lock() {
                *slot = result;
            }
        }
    };
    pool.scope(|scope| {
        for _ in 0..pool.current_num_threads().clamp(1, jobs.len().max(1)) {
            scope.spawn(|_| run());
        }
    });
    results.into_iter().map(|slot| slot.into_inner().unwrap_or(None)).collect()
}

#[cfg(test)]
mod tests {
    use super::{map, on_large_stack, threads};

    #[test]
    fn results_keep_the_order_of_the_jobs() {
        let jobs: Vec<u32> = (0..100).collect();
        let doubled: Vec<Option<u32>> = jobs.iter().map(|job| Some(job * 2)).collect();
        for count in [0, 1, 3, 20] {
            let pool = threads(count).expect("threads");
            assert_eq!(map(&pool, &jobs, |job| job * 2), doubled);
            assert_eq!(map(&pool, &[], |job: &u32| *job), Vec::<Option<u32>>::new());
        }
    }

    #[test]
    fn a_large_stack_gives_the_result() {
        assert_eq!(on_large_stack(|| 7), Some(7));
    }
}
