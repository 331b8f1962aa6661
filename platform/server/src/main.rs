//! The binary `hallmark`: it starts, prints and drains.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    platform_server::main()
}
