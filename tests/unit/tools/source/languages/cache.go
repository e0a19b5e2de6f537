package shop

type Cache struct { inner Store; n int }
type Store interface { Count(k string) int }
func (c *Cache) Get(k string) int { c.load(k); return c.inner.Count(k) }
func (c *Cache) load(k string) { helper(1, 2) }
func helper(a, b int) int { c := &Cache{}; c.Get("x"); return a + b }
