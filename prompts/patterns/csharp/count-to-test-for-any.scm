; title: Count() compared with zero
; why: Enumerable.Count walks the whole sequence to answer a question that its first element settles.
; fix: Use Any(), or the Count or Length property.
; cost: cpu
; bad: if (xs.Count() > 0) return;
; good: if (xs.Count > 0) return;

((binary_expression left: (invocation_expression function: (member_access_expression name: (identifier) @name)) right: (integer_literal) @zero) @hit
  (#eq? @name "Count") (#any-of? @zero "0" "1"))
