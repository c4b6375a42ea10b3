//! The floor of reading Rust: every file given is read and parsed by `syn`, and nothing else. Prints the seconds.

use std::{env, fs, time::Instant};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let began = Instant::now();
    for path in env::args().skip(1) {
        let text = fs::read_to_string(&path).expect("a file that can be read");
        std::hint::black_box(syn::parse_file(&text).expect("a file that syn can parse"));
    }
    println!("{}", began.elapsed().as_secs_f64());
}
