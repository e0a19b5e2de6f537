; title: ElementAt, Skip or Last in a loop
; why: On what is no list each call walks from the start: quadratic.
; fix: Walk once, or make it a list first and index.
; cost: cpu
; bad: for (int i = 0; i < n; i++) Use(xs.ElementAt(i));
; bad: for (int i = 0; i < n; i++) Use(xs.Skip(i).First());
; good: Use(xs.ElementAt(1));
; good: while (n > 0) { reader.Skip(4); }

((invocation_expression function: (member_access_expression name: (identifier) @name)) @hit
  (#any-of? @name "ElementAt" "ElementAtOrDefault" "Last" "LastOrDefault") (#inside? @hit for_statement foreach_statement while_statement do_statement))
((invocation_expression function: (member_access_expression expression: (invocation_expression function: (member_access_expression name: (identifier) @skip)) name: (identifier) @name)) @hit
  (#eq? @skip "Skip") (#any-of? @name "First" "FirstOrDefault" "Take") (#inside? @hit for_statement foreach_statement while_statement do_statement))
