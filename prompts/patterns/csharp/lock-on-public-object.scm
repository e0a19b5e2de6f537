; title: A lock on this, a type or a string
; why: Others can lock the same object: contention, or a deadlock, that nobody here sees.
; fix: Lock on a private readonly object (System.Threading.Lock from .NET 9 on).
; cost: contention
; bad: lock (this) { x++; }
; good: lock (_gate) { x++; }

((lock_statement . [(typeof_expression) (string_literal)] @hit))
((lock_statement) @hit (#match? @hit "^lock\\s*\\(\\s*(this|typeof\\s*\\(|\")"))
