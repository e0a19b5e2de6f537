; title: A collection copied to be walked
; why: ToList or ToArray allocates the whole collection for one pass.
; fix: Walk it directly, unless it changes meanwhile.
; cost: allocation
; bad: foreach (var x in xs.ToList()) Use(x);
; good: foreach (var x in xs) Use(x);

((foreach_statement right: (invocation_expression function: (member_access_expression name: (identifier) @name)) @hit)
  (#any-of? @name "ToList" "ToArray"))
((invocation_expression function: (member_access_expression expression: (invocation_expression function: (member_access_expression name: (identifier) @copy)) name: (identifier) @name)) @hit
  (#eq? @copy "ToList") (#eq? @name "ForEach"))
