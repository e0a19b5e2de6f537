; title: A mutex taken in a loop
; why: Each pass locks and unlocks; under contention each is a switch of threads.
; fix: Lock once around the loop, or gather and publish at the end.
; cost: contention
; bad: for (;;) { std::lock_guard<std::mutex> l(m); }
; good: void f() { std::lock_guard<std::mutex> l(m); for (;;) {} }

((declaration type: [(qualified_identifier) (template_type) (placeholder_type_specifier)] @type) @hit (#match? @hit "(lock_guard|unique_lock|scoped_lock)") (#inside? @hit for_statement for_range_loop while_statement do_statement))
