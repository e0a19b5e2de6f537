interface Store { count(k: string): number; }
class Cache implements Store { constructor(private n: number) {} count(k: string): number { return this.load(k); } private load(k: string) { return 1; } }
export function main(s: Store): void { s.count("x"); const c = new Cache(1); c.count("y"); }
