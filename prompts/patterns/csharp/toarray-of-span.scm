; title: A span copied into an array
; why: ToArray allocates and copies what the span already shows.
; fix: Pass the span or memory on; write into a buffer that is there (CopyTo), or rent one from ArrayPool.
; cost: allocation
; bad: var a = data.AsSpan(1, 2).ToArray();
; bad: var a = memory.Span.ToArray();
; good: var a = list.ToArray();

((invocation_expression function: (member_access_expression expression: (_) @of name: (identifier) @name)) @hit
  (#eq? @name "ToArray") (#match? @of "(AsSpan|AsMemory|Slice)\\([^()]*\\)$|\\.(Span|WrittenSpan|WrittenMemory)$|[sS]pan$"))
