class Base:
    def run(self): pass
class Cache(Base):
    def __init__(self, n): self.n = n
    def get(self, k, d=None): self.run(); return helper(k)
def helper(x): return x
def main():
    c = Cache(1)
    c.get("x")
