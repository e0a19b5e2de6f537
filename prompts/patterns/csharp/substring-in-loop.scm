; title: Substring or Split in a loop
; why: Every piece is a new string.
; fix: Work on ReadOnlySpan<char> (AsSpan, Slice, MemoryExtensions.Split).
; cost: allocation
; bad: while (true) { var p = s.Substring(1); }
; good: var p = s.Substring(1);
; good: foreach (var x in xs) pending.Remove(x);

((invocation_expression function: (member_access_expression name: (identifier) @name)) @hit
  (#any-of? @name "Substring" "Split" "Trim" "Replace" "PadLeft" "PadRight") (#inside? @hit for_statement foreach_statement while_statement do_statement))
