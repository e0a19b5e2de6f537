; title: Strings compared after ToLower or ToUpper
; why: Both sides are copied only to be compared.
; fix: Use string.Equals with StringComparison.OrdinalIgnoreCase.
; cost: allocation
; bad: if (a.ToLower() == b.ToLower()) return;
; good: if (string.Equals(a, b, StringComparison.OrdinalIgnoreCase)) return;

((binary_expression left: (invocation_expression function: (member_access_expression name: (identifier) @name))) @hit
  (#match? @name "^To(Lower|Upper)(Invariant)?$") (#match? @hit "[=!]="))
((invocation_expression function: (member_access_expression expression: (invocation_expression function: (member_access_expression name: (identifier) @fold)) name: (identifier) @name)) @hit
  (#match? @fold "^To(Lower|Upper)(Invariant)?$") (#any-of? @name "Equals" "Contains" "StartsWith" "EndsWith"))
