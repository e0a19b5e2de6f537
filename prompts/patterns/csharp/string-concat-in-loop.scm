; title: Concatenation of strings in a loop
; why: Each += copies all that was gathered so far: quadratic time and garbage.
; fix: Use a StringBuilder, string.Join or string.Create.
; cost: allocation
; bad: foreach (var x in xs) s += "," + x;
; bad: while (true) text = text + "a";
; good: s += "a";
; good: foreach (var x in xs) n += x;

((assignment_expression left: (_) right: [(string_literal) (interpolated_string_expression) (binary_expression)] @right) @hit
  (#match? @hit "^\\w[\\w.]*\\s*\\+=") (#match? @right "\"") (#inside? @hit for_statement foreach_statement while_statement do_statement))
((assignment_expression left: (identifier) @left right: (binary_expression left: (identifier) @again right: (_) @right)) @hit
  (#eq? @left @again) (#match? @right "\"") (#inside? @hit for_statement foreach_statement while_statement do_statement))
