; title: An exception caught in a loop
; why: A throw costs microseconds, and unwinds under a global lock in older runtimes.
; fix: Return an error value.
; cost: exceptions
; bad: for (;;) { try { f(); } catch (...) {} }
; good: try { f(); } catch (...) {}

((try_statement) @hit (#inside? @hit for_statement for_range_loop while_statement do_statement))
