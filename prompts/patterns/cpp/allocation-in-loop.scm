; title: new or malloc in a loop
; why: The allocator is called for each element, and the results lie apart in memory.
; fix: Keep values in a vector, or use an arena.
; cost: allocation
; bad: for (;;) { auto* p = new int(1); }
; good: auto* p = new int(1);

((new_expression) @hit (#inside? @hit for_statement for_range_loop while_statement do_statement))
((call_expression function: (identifier) @name) @hit (#any-of? @name "malloc" "calloc" "realloc" "strdup") (#inside? @hit for_statement for_range_loop while_statement do_statement))
