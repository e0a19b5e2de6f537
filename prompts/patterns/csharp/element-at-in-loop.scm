; title: ElementAt, Skip or Last in a loop
; why: On what is no list each call walks from the start: quadratic.
; fix: Walk once, or make it a list first and index.
; cost: cpu
; bad: for (int i = 0; i < n; i++) Use(xs.ElementAt(i));
; good: Use(xs.ElementAt(1));

((invocation_expression function: (member_access_expression name: (identifier) @name)) @hit
  (#any-of? @name "ElementAt" "ElementAtOrDefault" "Skip" "Last" "LastOrDefault") (#inside? @hit for_statement foreach_statement while_statement do_statement))
