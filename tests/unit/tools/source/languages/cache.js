class Cache extends Base { get(k) { return this.load(k); } load(k) { return helper(k); } }
function helper(x) { return x; }
const arrow = (a, b) => { const c = new Cache(); return c.get(a); };
module.exports = { run: function (x) { return arrow(x, 1); } };
