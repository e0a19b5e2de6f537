; title: A lock around a whole method
; why: All of the work is serialised, also what needs no lock.
; fix: Hold the lock only where shared state is touched; prepare before, publish inside.
; cost: contention
; bad: member: void M() { lock (_gate) { foreach (var x in xs) Work(x); } }
; good: member: int M() { lock (_gate) { return _count; } }
; good: member: void M() { Prepare(); lock (_gate) { Work(); } }

((method_declaration body: (block . (lock_statement) @hit .))
  (#match? @hit "\\b(for|foreach|while)\\s*\\(|(\\n[^\\n]*){12}"))
