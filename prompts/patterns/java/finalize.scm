; title: finalize()
; why: Every object of the class survives a collection and waits for one thread.
; fix: Use AutoCloseable, or a Cleaner.
; cost: gc
; bad: member: protected void finalize() { }
; good: member: public void close() { }

((method_declaration name: (identifier) @hit) (#eq? @hit "finalize"))
