; title: Concatenation of strings in a loop
; why: Each += copies all that was gathered so far.
; fix: Use a StringBuilder.
; cost: allocation
; bad: for (String x : xs) s += "," + x;
; good: s += ",";

((assignment_expression left: (identifier) operator: "+=" right: [(string_literal) (binary_expression)] @right) @hit (#match? @right "\"") (#inside? @hit for_statement enhanced_for_statement while_statement do_statement))
