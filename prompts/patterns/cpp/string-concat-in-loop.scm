; title: Strings joined with + in a loop
; why: s = s + x makes a new string each time and copies all of it.
; fix: Append with += after reserve(), or use fmt::format_to.
; cost: allocation
; bad: while (x) { s = s + "a"; }
; good: while (x) { s += "a"; }

((assignment_expression left: (identifier) @left right: (binary_expression left: (identifier) @again)) @hit (#eq? @left @again) (#match? @hit "\\+\\s*(\"|std::to_string|std::string)") (#inside? @hit for_statement for_range_loop while_statement do_statement))
