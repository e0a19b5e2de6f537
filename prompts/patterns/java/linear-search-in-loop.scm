; title: List.contains or indexOf in a loop
; why: With the loop around it the time is quadratic.
; fix: Use a HashSet or HashMap.
; cost: cpu
; bad: for (String x : xs) if (list.contains(x)) n++;
; good: for (String x : xs) if (set.contains(x)) n++;

((method_invocation object: (identifier) @of name: (identifier) @name) @hit (#any-of? @name "contains" "indexOf") (#not-match? @of "([sS]et|[mM]ap|[kK]eys)$") (#inside? @hit for_statement enhanced_for_statement while_statement do_statement))
