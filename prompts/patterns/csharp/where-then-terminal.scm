; title: Where followed by what takes a condition itself
; why: One more enumerator and delegate for nothing.
; fix: Give the condition to First, Any, Count, Single directly.
; cost: allocation
; bad: var x = xs.Where(y => y.A).First();
; good: var x = xs.First(y => y.A);

((invocation_expression function: (member_access_expression expression: (invocation_expression function: (member_access_expression name: (identifier) @where)) name: (identifier) @name) arguments: (argument_list) @arguments) @hit
  (#eq? @where "Where") (#match? @name "^(First|FirstOrDefault|Single|SingleOrDefault|Last|LastOrDefault|Any|Count)$") (#match? @arguments "^\\(\\s*\\)$"))
