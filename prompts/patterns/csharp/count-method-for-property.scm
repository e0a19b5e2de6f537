; title: Count() where a property may serve
; why: On what is not an ICollection, Enumerable.Count walks all elements; on what is one it costs a type test and an interface call.
; fix: Use the Count or Length property.
; cost: cpu
; bad: var n = xs.Count();
; good: var n = xs.Count;
; good: var n = xs.Where(x => x > 1).Distinct().Count();
; good: var n = xs.Count(x => x > 1);

((invocation_expression function: (member_access_expression expression: (_) @of name: (identifier) @name) arguments: (argument_list) @arguments) @hit
  (#eq? @name "Count") (#not-match? @of "\\)$") (#match? @arguments "^\\(\\s*\\)$"))
