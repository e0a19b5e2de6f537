; title: string.Format in a loop or for each element
; why: The format is parsed again on each pass, its arguments go into an array and values are boxed.
; fix: Use an interpolated string (compiled since C# 10), or append to a StringBuilder.
; cost: allocation
; bad: foreach (var x in xs) Use(string.Format("{0}", x));
; bad: var all = xs.Select(x => string.Format("{0}", x));
; good: Use(string.Format("{0}", x));

((invocation_expression function: (member_access_expression expression: (_) @of name: (identifier) @name)) @hit
  (#any-of? @of "string" "String") (#eq? @name "Format") (#inside? @hit for_statement foreach_statement while_statement do_statement lambda_expression))
