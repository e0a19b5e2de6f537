#include <vector>
namespace shop {
class Base { public: virtual void run(); };
class Cache : public Base {
 public:
  Cache(int n) : n_(n) {}
  int get(const std::string& k);
  void run() override { helper(1); }
 private:
  int n_;
};
static int helper(int x) { return x; }
int Cache::get(const std::string& k) { run(); return helper(2); }
template <class T> T* make(T x) { auto* c = new Cache(1); return c; }
}
int main() { shop::Cache c(1); c.get("x"); shop::helper(3); make<int>(1); }
