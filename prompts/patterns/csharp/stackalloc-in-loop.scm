; title: stackalloc in a loop
; why: The stack is given back only when the method returns: a long loop overflows it.
; fix: Allocate once before the loop.
; cost: cpu
; bad: while (true) { Span<byte> b = stackalloc byte[64]; }
; good: Span<byte> b = stackalloc byte[64];

([(stackalloc_expression) (implicit_stackalloc_expression)] @hit (#inside? @hit for_statement foreach_statement while_statement do_statement))
