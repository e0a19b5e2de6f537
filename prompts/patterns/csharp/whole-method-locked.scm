; title: A lock around a whole method
; why: All of the work is serialised, also what needs no lock.
; fix: Hold the lock only where shared state is touched; prepare before, publish inside.
; cost: contention
; bad: member: void M() { lock (_gate) { Work(); } }
; good: member: void M() { Prepare(); lock (_gate) { Work(); } }

(method_declaration body: (block . (lock_statement) @hit .))
