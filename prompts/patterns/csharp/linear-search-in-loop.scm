; title: Search through a list inside a loop
; why: List.Contains, IndexOf and Find look at every element: with the loop around them the time is quadratic.
; fix: Build a HashSet or Dictionary before the loop.
; cost: cpu
; bad: foreach (var x in xs) if (names.Contains(x)) n++;
; good: if (names.Contains(x)) n++;
; good: foreach (var line in lines) n += line.IndexOf('=');
; good: while (wire.Length > 0) wire = wire.Slice(wire.IndexOf((byte)'|') + 1);
; good: var names = new HashSet<int>(); foreach (var x in xs) if (names.Contains(x)) n++;
; good: foreach (var x in xs) if (seenSet.Contains(x)) n++;

((invocation_expression function: (member_access_expression expression: (_) @of name: (identifier) @name)) @hit
  (#any-of? @name "IndexOf" "Find" "FindIndex" "Exists" "FindAll" "LastIndexOf") (#not-match? @hit "IndexOf\\(\\s*(\\((byte|char)\\)\\s*)?['\"]") (#inside? @hit for_statement foreach_statement while_statement do_statement))
((invocation_expression function: (member_access_expression expression: (identifier) @of name: (identifier) @name)) @hit
  (#eq? @name "Contains") (#match? @of "([lL]ist|[aA]rray|s)$") (#not-match? @of "([sS]et|[kK]eys|[dD]ictionary|[mM]ap)$") (#not-declared? @of "\\w*Set|\\w*Dictionary|string|String") (#inside? @hit for_statement foreach_statement while_statement do_statement))
