struct cache { int n; };
static int helper(int x);
int get(struct cache *c, const char *k) { return helper(c->n); }
static int helper(int x) { return x; }
