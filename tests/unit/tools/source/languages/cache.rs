mod inner { pub fn free(x: i32) -> i32 { x } }
struct Cache { n: i32 }
trait Load { fn load(&self, k: &str) -> i32; }
impl Load for Cache { fn load(&self, k: &str) -> i32 { self.helper(1) } }
impl Cache { fn new() -> Self { Cache { n: 1 } } fn helper(&self, n: i32) -> i32 { inner::free(n) } }
fn main() { let c = Cache::new(); c.load("x"); }
